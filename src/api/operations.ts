import type { OpenAPIHono } from '@hono/zod-openapi';
import { AppError } from '../core/base/errors.ts';
import { changeEntry, recordAfterwards } from '../usecases/audited.ts';
import type { Caller, TokenVerb } from '../usecases/caller.ts';
import { freeze, liftFreeze, readFreezeEnd } from '../usecases/freeze.ts';
import { viewService } from '../usecases/view-service.ts';
import { type ApiEnv, demand } from './auth.ts';
import type { ApiDeps } from './deps.ts';
import * as routes from './operation-routes.ts';
import { iso, presentFreeze, presentSummary } from './present.ts';
import { presentPlace } from './present-service.ts';
import { service as serviceRoute } from './report-routes.ts';
import { originOf } from './trace.ts';

/** Mounts freezes, drills, tests of notifiers and the overview of services. */
export function mountOperations(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  const { store, clock } = deps;
  /** The freezes of all services, and of the services for which the caller has the verb. */
  const freezesFor = async (caller: Caller, verb: TokenVerb) =>
    (await store.freezes(clock.now())).filter(({ service }) => service === null || caller.may(verb, { service })).map(presentFreeze);

  app.openapi(routes.getFreeze, async (c) => {
    return c.json({ freezes: await freezesFor(demand(c, 'read'), 'read') }, 200);
  });

  app.openapi(routes.putFreeze, async (c) => {
    const { frozen, service, why, until, for: length } = c.req.valid('json');
    // A freeze holds in every environment.
    const caller = demand(c, 'operate', { service: service ?? null, environment: null });
    if (frozen && why === undefined) throw new AppError('invalid', '`why` is required: it is shown to people whose rollback is held');
    const request = { service: service ?? null, by: caller.name, at: clock.now(), origin: originOf(c) };
    const end = readFreezeEnd({ until, for: length }, request.at);
    if (!frozen && end !== undefined) throw new AppError('invalid', 'only a freeze has an end: leave `until` and `for` out to lift one');
    if (frozen) await freeze(deps, { ...request, why: why ?? '', until: end });
    const changed = frozen || (await liftFreeze(deps, request));
    return c.json({ freezes: await freezesFor(caller, 'operate'), changed }, 200);
  });

  app.openapi(routes.drill, async (c) => {
    const { service, environment, for_real: forReal } = c.req.valid('json');
    const place = { service, environment };
    const caller = demand(c, 'operate', place);
    const {
      steps,
      forReal: wasForReal,
      isOnlyKnownGood,
      ...rest
    } = await deps.drill({ place, forReal, by: caller.name, origin: originOf(c) });
    const shown = steps.map(({ tookMs, ...step }) => ({ ...step, took_ms: tookMs }));
    return c.json({ ...rest, only_known_good: isOnlyKnownGood, for_real: wasForReal, steps: shown }, 200);
  });

  app.openapi(routes.testNotifier, async (c) => {
    const { name } = c.req.valid('param');
    const { topic, ...place } = c.req.valid('json');
    const caller = demand(c, 'operate', place);
    // The place is what the caller says. Without this, one team could page another.
    const mayUseAll = caller.may('operate', { service: null, environment: null });
    if (!mayUseAll && !deps.ruleSetFor(place.service, place.environment).notify.includes(name)) {
      const where = `${place.service} in ${place.environment}`;
      throw new AppError('forbidden', `the rules of ${where} do not name this notifier; others need \`operate\` for all services`);
    }
    const { tookMs, rules, ...rest } = await deps.testNotifier({ name, topic, place, by: caller.name });
    const change = {
      origin: originOf(c),
      by: caller.name,
      at: clock.now(),
      verb: 'notifier.test',
      detail: `${name}, ${topic}: ${rest.outcome}`,
    };
    await recordAfterwards(deps, { ...changeEntry(place, change), outcome: rest.ok ? 'done' : 'failed' });
    const until = rules.kind === 'hold' ? iso(rules.until) : null;
    const shown = { kind: rules.kind, until, why: rules.kind === 'send' ? null : rules.why };
    return c.json({ ...rest, took_ms: tookMs, rules: shown }, 200);
  });

  app.openapi(routes.services, async (c) => {
    const caller = demand(c, 'read');
    const all = await store.services();
    const allowed = all.filter((one) => caller.may('read', one));
    const present = (record: (typeof all)[number]['latest']) => presentSummary(record, deps.baseUrl);
    const shown = allowed.map(({ service, environment, latest, knownGood, isUnverified = false }) => ({
      service,
      environment,
      state: latest.bake.state,
      latest: present(latest),
      known_good: knownGood && present(knownGood),
      known_good_unverified: isUnverified,
    }));
    return c.json({ services: shown }, 200);
  });

  app.openapi(serviceRoute, async (c) => {
    const { service } = c.req.valid('param');
    const { environment, since } = c.req.valid('query');
    const caller = demand(c, 'read');
    const places = await viewService(store, { service, environment, sinceMs: since, now: clock.now() });
    const allowed = places.filter((place) => caller.may('read', place));
    // The answer does not reveal in which other environments the service runs.
    if (allowed.length === 0) throw new AppError('forbidden', `the token ${caller.name} may not read ${service.slice(0, 100)}`);
    return c.json({ service, environments: allowed.map((place) => presentPlace(place, deps.baseUrl)) }, 200);
  });
}
