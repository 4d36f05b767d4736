import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Freeze } from '../core/bake/facts.ts';
import { nearest } from '../core/base/did-you-mean.ts';
import { AppError } from '../core/base/errors.ts';
import { formatInstant } from '../core/base/format-instant.ts';
import type { Clock } from '../ports/clock.ts';
import type { DeployCatalog } from '../ports/deploy-catalog.ts';
import type { FreezeStore } from '../ports/freeze-store.ts';
import type { Caller } from '../usecases/caller.ts';
import { type FreezeDeps, freeze, liftFreeze, readFreezeEnd } from '../usecases/freeze.ts';
import { assertOwnForm, csrfField, maxFormBytes, readForm } from './forms.ts';
import { type FreezeSubject, freezePage, freezesPage } from './freeze-page.ts';
import type { Html } from './html.ts';
import { answerRefusals } from './refusals.ts';
import { originOf, type PagesEnv, viewerOf } from './viewer.ts';

export type FreezePageDeps = Pick<FreezeDeps, 'ruleSets' | 'log'> & {
  readonly store: FreezeStore & DeployCatalog;
  readonly clock: Clock;
  readonly baseUrl: string;
};

const back = { path: '/freeze', title: 'Back to the freezes' };

/** Mounts the pages of freezes. Only a form acts, and only where the freeze is still as its reader saw it. */
export function mountFreezes(pages: OpenAPIHono<PagesEnv>, deps: FreezePageDeps): void {
  const { store, clock } = deps;
  pages.get('/freeze', (c) =>
    answerRefusals(c, back, async () => {
      const caller = callerOf(c);
      const subject = subjectOf(c);
      if (subject === null) return await show(c, freezesPage({ ...(await listFor(deps, caller)), viewer: viewerOf(c) }));
      demandFreeze(caller, subject);
      const [current, note] = await Promise.all([currentOf(deps, subject), noteOn(store, caller, subject)]);
      return await show(c, freezePage({ subject, current, note, csrf: csrfField(c), viewer: viewerOf(c) }));
    }),
  );
  pages.post('/freeze', bodyLimit({ maxSize: maxFormBytes }), (c) =>
    answerRefusals(c, back, async () => {
      const form = await readForm(c);
      const caller = callerOf(c);
      const subject = subjectOf(c);
      if (subject === null) throw new AppError('invalid', 'the address names no service');
      demandFreeze(caller, subject);
      assertOwnForm(c, form, deps.baseUrl);
      const { version = '', why = '', for: length = '' } = form;
      const current = await currentOf(deps, subject);
      if (version !== stampOfFreeze(current)) throw new AppError('changed', whoWasFirst(current));
      const request = { ...subject, by: caller.name, at: clock.now(), origin: originOf(c, caller) };
      if (current !== null) await liftFreeze(deps, request);
      else if (why.trim() === '') throw new AppError('invalid', 'a reason is needed: it is shown to people whose rollback is held');
      else await freeze(deps, { ...request, why: why.trim(), until: readFreezeEnd(length === '' ? {} : { for: length }, request.at) });
      return c.redirect('/freeze', 303);
    }),
  );
}

function stampOfFreeze(freeze: Freeze | null): string {
  return freeze === null ? 'none' : String(freeze.since);
}

function whoWasFirst(current: Freeze | null): string {
  if (current === null) return 'the freeze was lifted meanwhile; nothing of what you sent was done';
  return `the freeze was set by ${current.by}, at ${formatInstant(current.since)} UTC (${current.why}), after your page was made; nothing of what you sent was done`;
}

async function currentOf({ store, clock }: FreezePageDeps, { service }: FreezeSubject): Promise<Freeze | null> {
  return (await store.freezes(clock.now())).find((freeze) => freeze.service === service) ?? null;
}

/** A freeze holds in every environment. */
function mayFreeze(caller: Caller, { service }: FreezeSubject): boolean {
  return caller.may('operate', { service, environment: null });
}

function demandFreeze(caller: Caller, subject: FreezeSubject): void {
  if (mayFreeze(caller, subject)) return;
  throw new AppError(
    'forbidden',
    `the caller ${caller.name} may not freeze ${subject.service?.slice(0, 100) ?? 'all services'} in all environments`,
  );
}

async function listFor({ store, clock }: FreezePageDeps, caller: Caller) {
  const [freezes, places] = await Promise.all([store.freezes(clock.now()), store.services()]);
  const services = [...new Set(places.map(({ service }) => service))].filter((service) => mayFreeze(caller, { service }));
  return {
    freezes: freezes.filter(({ service }) => service === null || caller.may('read', { service })),
    services,
    mayFreezeAll: mayFreeze(caller, { service: null }),
  };
}

/** A freeze of a service that was never deployed is allowed, and rarely meant. */
async function noteOn(store: DeployCatalog, caller: Caller, { service }: FreezeSubject): Promise<string | null> {
  if (service === null) return null;
  const known = (await store.services()).filter((place) => caller.may('read', place)).map((place) => place.service);
  if (known.includes(service)) return null;
  const near = nearest(service, known);
  return `No deploy of ${service} has been registered yet.${near === null ? '' : ` Did you mean ${near}?`}`;
}

function callerOf(c: Context<PagesEnv>): Caller {
  const { caller } = viewerOf(c);
  if (caller === null) throw new AppError('unauthorized', 'only people who are known to this server see its freezes');
  return caller;
}

function subjectOf(c: Context<PagesEnv>): FreezeSubject | null {
  const service = c.req.query('service');
  if (c.req.query('all') === 'yes') return { service: null };
  if (service === undefined || service === '') return null;
  if (service.length > 200) throw new AppError('invalid', 'the name of the service is too long');
  return { service };
}

async function show(c: Context, content: Html): Promise<Response> {
  return c.html(await content, 200, { 'cache-control': 'no-store' });
}
