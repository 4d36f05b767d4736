import { createHash, randomUUID } from 'node:crypto';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Deploy } from '../core/bake/deploy.ts';
import { AppError } from '../core/base/errors.ts';
import type { DeployRecord } from '../ports/bake-store.ts';
import { adoptRelease } from '../usecases/adopt-release.ts';
import type { TokenVerb } from '../usecases/caller.ts';
import { exportRecording } from '../usecases/export-recording.ts';
import * as verbs from '../usecases/intervene.ts';
import { markVerdict } from '../usecases/mark-verdict.ts';
import { registerDeploy } from '../usecases/register-deploy.ts';
import { rollForward } from '../usecases/roll-forward.ts';
import { findDeploy, viewDeploy, waitForMove } from '../usecases/view-deploy.ts';
import { type ApiEnv, demand } from './auth.ts';
import { readDeployedAt } from './deployed-at.ts';
import type { ApiDeps } from './deps.ts';
import { listPage } from './list-page.ts';
import { expectedPosition, setPosition } from './position.ts';
import { presentDeploy, presentSummary } from './present.ts';
import * as routes from './routes.ts';
import { createSeats, refuseSeat } from './seats.ts';
import { originOf } from './trace.ts';

/** How many calls may wait at once. They share one watch, so they cost little more than their connections. */
const waitSeats = { perCaller: 500, inAll: 2_000 };

/** Mounts everything below `/v1/deploys`. */
export function mountDeploys(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  mountRegister(app, deps);
  mountReads(app, deps);
  mountVerbs(app, deps);
}

function mountRegister(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  app.openapi(routes.register, async (c) => {
    const body = c.req.valid('json');
    const caller = demand(c, 'register', body);
    if (body.force) demand(c, 'operate', body);
    const { service, environment, version, commit, image, metadata } = body;
    const { 'idempotency-key': keyHeader, 'bakewatch-first-try-ago': firstTryAgo } = c.req.valid('header');
    const { deployed_at: written, ...identity } = body;
    const now = deps.clock.now();
    const deployedAt = readDeployedAt({ phase: body.phase, deployedAt: written, firstTryAgo }, now);
    const deploy: Deploy = {
      id: randomUUID(),
      service,
      environment,
      release: { version, commit, image, metadata },
      cause: body.cause === 'rollback' ? { kind: 'rollback', of: body.rollback_of } : { kind: 'release' },
      buildId: body.build_id,
      migrations: body.migrations,
      links: body.links,
      registeredAt: now,
      ...(deployedAt !== undefined && { deployedAt }),
      registeredBy: caller.name,
      adopted: false,
    };
    const buildKey = body.build_id === undefined ? null : `build:${JSON.stringify([service, environment, version, body.build_id])}`;
    const key = keyHeader === undefined ? { idempotencyKey: buildKey } : callKey(caller.name, keyHeader);
    const bodyHash = createHash('sha256').update(JSON.stringify(identity)).digest('hex');
    const looking = deps.warningsFor(deps.ruleSetFor(service, environment));
    const onlyRegisters = !caller.may('operate', body);
    const call = { deploy, phase: body.phase, force: body.force, onlyRegisters, ...key, bodyHash, origin: originOf(c) };
    const { record, isNew } = await registerDeploy(deps, call);
    const warnings = [...(await looking)];
    if (isNew) c.header('location', `/v1/deploys/${record.deploy.id}`);
    return c.json({ ...presentSummary(record, deps.baseUrl), warnings }, isNew ? 201 : 200);
  });

  app.openapi(routes.adopt, async (c) => {
    const body = c.req.valid('json');
    const caller = demand(c, 'operate', body);
    const { service, environment, version, commit, image, force } = body;
    const at = deps.clock.now();
    const release = { version, commit, image, metadata: {} };
    const deploy: Deploy = {
      id: randomUUID(),
      service,
      environment,
      release,
      cause: { kind: 'release' },
      migrations: 'none',
      links: [],
      registeredAt: at,
      registeredBy: caller.name,
      adopted: true,
    };
    const { record, isNew, running, note } = await adoptRelease(deps, { deploy, force, origin: originOf(c) });
    if (isNew) c.header('location', `/v1/deploys/${record.deploy.id}`);
    return c.json({ ...presentSummary(record, deps.baseUrl), running, note }, isNew ? 201 : 200);
  });
}

/** The key of a call with an Idempotency-Key. Without a colon in them, the name and the key cannot be mixed up. */
function callKey(name: string, key: string): { readonly idempotencyKey: string; readonly olderKey?: string } {
  const plain = `key:${name}:${key}`;
  return plain.split(':').length === 3
    ? { idempotencyKey: plain }
    : { idempotencyKey: `call:${JSON.stringify([name, key])}`, olderKey: plain };
}

function mountReads(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  const { store } = deps;
  const waiting = createSeats(waitSeats);
  app.openapi(routes.list, async (c) => {
    const caller = demand(c, 'read');
    return c.json(await listPage(store, c.req.valid('query'), caller, deps.baseUrl), 200);
  });

  app.openapi(routes.get, async (c) => {
    const view = await viewDeploy(store, c.req.valid('param').id);
    demand(c, 'read', view.record.deploy);
    setPosition(c, view.record);
    return c.json(presentDeploy(view, deps.baseUrl), 200);
  });

  app.openapi(routes.wait, async (c) => {
    const { id } = c.req.valid('param');
    const { timeout, after, until: goal } = c.req.valid('query');
    const caller = demand(c, 'read', (await findDeploy(store, id)).deploy);
    const seat = waiting.take(caller) ?? refuseSeat(c, 'calls that wait');
    try {
      await waitHere(deps, c.req.raw.signal, { id, after: after ?? null, until: goal, timeout });
    } finally {
      seat.leave();
    }
    const view = await viewDeploy(store, id);
    setPosition(c, view.record);
    return c.json(presentDeploy(view, deps.baseUrl), 200);
  });

  app.openAPIRegistry.registerPath(routes.recording);
  app.get('/v1/deploys/:id/recording', async (c) => {
    const id = c.req.param('id');
    demand(c, 'read', (await findDeploy(store, id)).deploy);
    const text = `${JSON.stringify(await exportRecording(store, id))}\n`;
    return c.body(text, 200, {
      'content-type': 'application/jsonl',
      'content-disposition': `attachment; filename="${encodeURIComponent(id)}.jsonl"`,
    });
  });
}

type TimedWait = Parameters<typeof waitForMove>[1] & { readonly timeout: number };

/** Waits for the bake, its time, the end of the call or the end of the server. */
async function waitHere(
  { store, clock, changes, stopping }: ApiDeps,
  gone: AbortSignal,
  { timeout, ...request }: TimedWait,
): Promise<void> {
  const until = clock.now() + timeout;
  const over = new AbortController();
  const ending = AbortSignal.any([gone, stopping, over.signal]);
  const timer = clock.sleep(timeout, ending).then(() => over.abort());
  await waitForMove(store, request, async ({ version }) => {
    if (ending.aborted || clock.now() >= until) return false;
    await changes.untilMoved({ id: request.id, version }, ending);
    return true;
  });
  over.abort();
  await timer;
}

function mountVerbs(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  const { store, clock } = deps;
  /** Demands the verb for this deploy, and returns what an intervention needs. */
  async function intervention(c: Parameters<typeof demand>[0], id: string, verb: TokenVerb): Promise<verbs.InterventionRequest> {
    const record = await findDeploy(store, id);
    const by = demand(c, verb, record.deploy).name;
    return { id, by, at: clock.now(), origin: originOf(c), expectedVersion: expectedPosition(c.req.header('if-match'), record) };
  }
  const shown = (c: Context, record: DeployRecord) => {
    setPosition(c, record);
    return presentSummary(record, deps.baseUrl);
  };

  app.openapi(routes.finish, async (c) =>
    c.json(shown(c, await verbs.finish(store, await intervention(c, c.req.valid('param').id, 'register'))), 200),
  );
  app.openapi(routes.cancel, async (c) =>
    c.json(shown(c, await verbs.cancel(store, await intervention(c, c.req.valid('param').id, 'operate'))), 200),
  );
  app.openapi(routes.approve, async (c) =>
    c.json(shown(c, await verbs.approve(store, await intervention(c, c.req.valid('param').id, 'operate'))), 200),
  );
  app.openapi(routes.pass, async (c) =>
    c.json(
      shown(c, await verbs.pass(store, { ...(await intervention(c, c.req.valid('param').id, 'operate')), ...c.req.valid('json') })),
      200,
    ),
  );
  app.openapi(routes.rollback, async (c) =>
    c.json(
      shown(c, await verbs.rollBack(store, { ...(await intervention(c, c.req.valid('param').id, 'operate')), ...c.req.valid('json') })),
      200,
    ),
  );
  app.openapi(routes.rollForward, async (c) =>
    c.json(
      shown(c, await rollForward(store, { ...(await intervention(c, c.req.valid('param').id, 'operate')), ...c.req.valid('json') })),
      200,
    ),
  );
  app.openapi(routes.mark, async (c) =>
    c.json(
      shown(c, await markVerdict(store, { ...(await intervention(c, c.req.valid('param').id, 'operate')), ...c.req.valid('json') })),
      200,
    ),
  );
  app.openapi(routes.extend, async (c) => {
    const byMs = c.req.valid('json').by;
    if (byMs <= 0 || byMs > 7 * 86_400_000) throw new AppError('invalid', 'one call can extend a bake by more than 0s and at most 7d');
    return c.json(shown(c, await verbs.extend(store, { ...(await intervention(c, c.req.valid('param').id, 'operate')), byMs })), 200);
  });
}
