import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { parseDuration } from '../core/base/duration.ts';
import { AppError } from '../core/base/errors.ts';
import type { Log } from '../core/base/log.ts';
import type { AuditOrigin } from '../ports/audit-trail.ts';
import type { BakeStore } from '../ports/bake-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { DeployCatalog } from '../ports/deploy-catalog.ts';
import type { Caller } from '../usecases/caller.ts';
import type { Drill, DrillRequest } from '../usecases/drill.ts';
import { explainDeploy } from '../usecases/explain-deploy.ts';
import { type ActVerb, actVerbs, performAct } from '../usecases/perform-act.ts';
import { previewActs } from '../usecases/preview-acts.ts';
import { type DetailsStore, findDeploy, viewDeploy } from '../usecases/view-deploy.ts';
import { actPath, type PageAct } from './act-words.ts';
import { actPage, type DecidePage, decidePage } from './decide-page.ts';
import { assertOwnForm, csrfField, type Form, maxFormBytes, readForm } from './forms.ts';
import type { Html } from './html.ts';
import type { BackLink } from './refusal-page.ts';
import { answerRefusals, whoWasFirst } from './refusals.ts';
import { originOf, type PagesEnv, viewerOf } from './viewer.ts';

/** Added to the address of a page whose rehearsal is not over yet, with the instant at which it began. */
export const rehearsing = 'rehearsing';

export type DecideDeps = {
  readonly store: DetailsStore & DeployCatalog;
  readonly clock: Clock;
  readonly baseUrl: string;
  /** Missing: nothing is logged. */
  readonly log?: Log;
  /** Missing: no drill is started from a page. */
  readonly drill?: ((request: DrillRequest) => Promise<Drill>) | undefined;
};

/** Mounts the pages on which people decide. A GET shows what would happen; only the form of such a page acts. */
export function mountDecisions(pages: OpenAPIHono<PagesEnv>, deps: DecideDeps): void {
  const limit = bodyLimit({ maxSize: maxFormBytes });
  pages.get('/deploys/:id/decide', (c) =>
    answerRefusals(c, backTo(c), async () => {
      const { page } = await lookAt(c, deps);
      return await show(c, decidePage(page));
    }),
  );
  pages.get('/deploys/:id/act/:act', (c) =>
    answerRefusals(c, backTo(c), async () => {
      const act = actOf(c, deps);
      const { page, id } = await lookAt(c, deps);
      const { acts, knownGood } = page.preview;
      const action = actPath(id, act);
      if (act !== 'drill') return await show(c, actPage(page, { act, target: acts[act].target, action, state: acts[act] }));
      const { hook } = page.preview.record.plan;
      const refusal = hook === null ? 'the rules name no rollback hook' : null;
      return await show(c, actPage(page, { act, target: knownGood, action, state: { refusal, confirm: null } }));
    }),
  );
  pages.post('/deploys/:id/act/:act', limit, (c) =>
    answerRefusals(c, backTo(c), async () => {
      const form = await readForm(c);
      const act = actOf(c, deps);
      const { id, caller } = await demandOperate(c, deps.store);
      assertOwnForm(c, form, deps.baseUrl);
      const origin = originOf(c, caller);
      if (act === 'drill') return c.redirect(await drill(deps, id, origin), 303);
      await decideOnce(deps, { id, act, origin }, readDecision(act, form));
      return c.redirect(`/deploys/${id}`, 303);
    }),
  );
}

/** What a form says, for an act. */
export type FormDecision = { readonly version: string; readonly why: string; readonly byMs: number; readonly confirm: boolean };

/** Reads what a form says about an act. Throws `AppError('invalid')`. */
export function readDecision(act: ActVerb, { version = '', why = '', by: more = '15m', confirm }: Form): FormDecision {
  const needsWhy = act === 'roll_back' || act === 'roll_forward' || act === 'pass' || act === 'false_alarm';
  if (version === '') throw new AppError('invalid', 'the form does not say about which state of the bake it decides; open the page again');
  if (needsWhy && why.trim() === '') throw new AppError('invalid', 'a reason is needed: it is kept in the story of the deploy');
  const byMs = parseDuration(more);
  if (byMs === null || byMs <= 0 || byMs > 7 * 86_400_000)
    throw new AppError('invalid', 'a bake can be extended by more than 0s and at most 7d');
  return { version, why: why.trim().slice(0, 1_000), byMs, confirm: confirm === 'yes' };
}

type Decider = { readonly id: string; readonly act: ActVerb; readonly origin: AuditOrigin };

/** Does what a form says. Throws `AppError`: `changed` names the person who was first. */
export async function decideOnce(
  { store, clock }: Pick<DecideDeps, 'store' | 'clock'>,
  { id, act, origin }: Decider,
  { version, ...decision }: FormDecision,
): Promise<void> {
  try {
    await performAct(store, { id, by: origin.actor.name, origin, at: clock.now(), verb: act, ...decision, expectedVersion: version });
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'changed') throw error;
    throw new AppError('changed', await whoWasFirst(store, id));
  }
}

/** A rehearsal that takes longer goes on without the page: a proxy would end the request after a minute. */
const patienceMs = 10_000;

/**
 * Rehearses the rollback of the deploy's place. Returns the page where the result stands, or will stand: that of the known-good deploy. Throws `AppError`
 * where no rehearsal can begin.
 */
async function drill(deps: DecideDeps, id: string, origin: AuditOrigin): Promise<string> {
  const { service, environment } = (await findDeploy(deps.store, id)).deploy;
  const place = { service, environment };
  const from = deps.clock.now();
  const isOver = await isOverSoon(deps, deps.drill?.({ place, forReal: false, by: origin.actor.name, origin }));
  const [good] = await deps.store.knownGood(place, 1);
  return `/deploys/${good?.deployId ?? id}${isOver ? '' : `?${rehearsing}=${from}`}`;
}

/** Whether the work ends while a page can wait. What goes wrong with it later is logged. */
async function isOverSoon({ clock, log }: DecideDeps, work: Promise<unknown> | undefined): Promise<boolean> {
  const waited = new AbortController();
  const timer = clock.sleep(patienceMs, waited.signal).then(() => false);
  try {
    const isOver = await Promise.race([Promise.resolve(work).then(() => true), timer]);
    if (!isOver) work?.catch((error: unknown) => log?.warn({ err: error }, 'a rehearsal that a page began has failed to run'));
    return isOver;
  } finally {
    waited.abort();
  }
}

function actOf(c: Context, { drill: canDrill }: DecideDeps): PageAct {
  const name = (c.req.param('act') ?? '').replaceAll('-', '_');
  const act = actVerbs.find((verb) => verb === name);
  if (act !== undefined) return act;
  if (name === 'drill' && canDrill !== undefined) return 'drill';
  throw new AppError('not_found', 'there is no such page');
}

function backTo(c: Context): BackLink | null {
  const id = c.req.param('id') ?? '';
  return uuid.test(id) ? { path: `/deploys/${id}`, title: 'Back to the deploy' } : null;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Throws `AppError` unless the caller is known and may operate the place of the deploy. A caller who may not read it does not learn that it exists. */
async function demandOperate(c: Context<PagesEnv>, store: BakeStore): Promise<{ readonly id: string; readonly caller: Caller }> {
  const { caller } = viewerOf(c);
  if (caller === null) throw new AppError('unauthorized', 'only people who are known to this server decide here');
  const id = c.req.param('id') ?? '';
  const record = uuid.test(id) ? await store.find(id) : null;
  if (record === null || !caller.may('read', record.deploy)) throw new AppError('not_found', 'there is no such deploy');
  if (caller.may('operate', record.deploy)) return { id, caller };
  const { service, environment } = record.deploy;
  throw new AppError('forbidden', `the caller ${caller.name} may look at ${service} in ${environment}, but not decide about it`);
}

type DecisionView = { readonly id: string; readonly page: DecidePage };

async function lookAt(c: Context<PagesEnv>, { store, clock }: DecideDeps): Promise<DecisionView> {
  const { id, caller } = await demandOperate(c, store);
  const preview = await previewActs(store, { id, by: caller.name, at: clock.now() });
  const explained = explainDeploy(await viewDeploy(store, id));
  return { id, page: { preview, explained, csrf: csrfField(c), viewer: viewerOf(c) } };
}

async function show(c: Context, content: Html): Promise<Response> {
  return c.html(await content, 200, { 'cache-control': 'no-store' });
}
