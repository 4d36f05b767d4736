import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EffectError } from '../../src/core/base/errors.ts';
import type { DispatchDeps } from '../../src/effects/deps.ts';
import { perform } from '../../src/effects/dispatch.ts';
import type { HookDeps } from '../../src/hooks/deps.ts';
import { createHttp } from '../../src/net/http.ts';
import { createRunProcess } from '../../src/net/process.ts';
import type { DeployRecord } from '../../src/ports/bake-store.ts';
import type { RollbackHook } from '../../src/ports/hook.ts';
import type { Store } from '../../src/ports/store.ts';
import { aDeploy, aRegistration, bakeIn, commitOf, start } from '../store/fixtures.ts';
import { aDatabase, administer, silentLog, type TestDatabase } from '../support/database.ts';
import { silentMeter } from '../support/fake-meter.ts';
import { createManualClock } from '../support/manual-clock.ts';
import type { HookWorld } from './hook.ts';

/** A world whose hooks can be built again, by another process. `blind` is `null` where what runs can always be asked. */
export type RebuiltWorld = Omit<HookWorld, 'hook' | 'blind' | 'lost'> & {
  build(deps: HookDeps): { readonly hook: RollbackHook; readonly blind: RollbackHook | null };
};

const never = new AbortController().signal;
const deps = { http: createHttp(), run: createRunProcess({ PATH: process.env.PATH }) };

/**
 * What holds however early or late the server is killed while it rolls back: between any two things that it does to the database, to a process or to
 * the network. A process that was killed cleans nothing up and reports nothing; another one takes the order over.
 */
export function describeKilled(name: string, open: () => Promise<RebuiltWorld>): void {
  describe(`the ${name} hook, when the server is killed`, () => {
    let database: TestDatabase;
    const { TMPDIR } = process.env;
    const folder = mkdtempSync(join(tmpdir(), 'bakewatch-killed-'));
    beforeAll(async () => {
      // Who is killed leaves temporary folders behind.
      process.env.TMPDIR = folder;
      database = await aDatabase();
    });
    afterAll(async () => {
      if (TMPDIR === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = TMPDIR;
      rmSync(folder, { recursive: true, force: true });
      await database.close();
    });

    test.for(['hook', 'blind'] as const)(
      'after any step: exactly one rollback, or an unknown outcome (%s)',
      { timeout: 120_000 },
      async (which, { skip }) => {
        const whole = await story(open, database, { which, diesAfter: Number.POSITIVE_INFINITY });
        if (whole === null) return skip('what runs can always be asked');
        expect(whole).toMatchObject({ state: 'verifying', asked: ['v1'], running: 'v1' });
        for (const [i, step] of whole.steps.entries()) {
          const told = await story(open, database, { which, diesAfter: i + 1 });
          const { state, asked, running, notified } = told ?? whole;
          const seen = `killed after ${i + 1}. ${step}`;
          expect(asked.length, seen).toBeLessThanOrEqual(1);
          if (which === 'hook')
            expect({ state, asked, running, notified }, seen).toEqual({
              state: 'verifying',
              asked: ['v1'],
              running: 'v1',
              notified: ['rolled_back'],
            });
          else if (state === 'verifying') expect([asked, running, notified], seen).toEqual([['v1'], 'v1', ['rolled_back']]);
          else expect([state, notified], seen).toEqual(['failed, rolled back: unknown', ['failed']]);
        }
      },
    );
  });
}

type Kill = { readonly which: 'hook' | 'blind'; readonly diesAfter: number };

/** One order from its commit to its end, with a process that is killed and one that takes over. */
async function story(open: () => Promise<RebuiltWorld>, database: TestDatabase, { which, diesAfter }: Kill) {
  const world = await open();
  const { store } = database;
  try {
    world.offer?.('v1');
    world.run('v2');
    const life = createLife(diesAfter);
    const first = world.build(life.deps)[which];
    const second = world.build(deps)[which];
    if (first === null || second === null) return null;
    const record = await ordered(store);
    await Promise.race([work(life.store(store), record, first), life.died]);
    await work(store, record, second);
    const bake = (await store.find(record.deploy.id))?.bake;
    const state = bake?.state === 'failed' ? `failed, rolled back: ${bake.rolledBack}` : bake?.state;
    const notified = await queued(database, record);
    return { steps: life.steps, state, notified, asked: world.asked().map(({ version }) => version), running: world.running() };
  } finally {
    await world.close();
  }
}

let deploys = 0;

/** The order to go back from v2 to v1, committed. */
async function ordered(store: Store): Promise<DeployRecord> {
  const deploy = aDeploy({ version: 'v2', registeredAt: start + ++deploys });
  const bake = bakeIn(deploy, 'rolling_back');
  if (bake.state !== 'rolling_back') throw new Error(bake.state);
  const order = { id: `${deploy.id}:d1`, target: { deployId: 'd1', version: 'v1' }, reasons: ['errors 9 %'] as const };
  const result = await store.register(aRegistration(deploy), () => ({ ok: true, first: commitOf({ ...bake, order }), superseded: [] }));
  if (result.kind !== 'created') throw new Error(result.kind);
  return result.record;
}

/** Performs the order as the queue does: again and again until it no longer throws. */
async function work(store: Store, record: DeployRecord, hook: RollbackHook): Promise<void> {
  const { bake } = record;
  if (bake.state !== 'rolling_back') throw new Error(bake.state);
  const dispatching: DispatchDeps = {
    store,
    hooks: new Map([['deployer', { hook, type: 'real' }]]),
    shiftHooks: new Map(),
    notifiers: new Map(),
    clock: createManualClock(start + 120_000),
    log: silentLog,
    meter: silentMeter,
    publicUrl: null,
  };
  const effect = { id: `${bake.id}:1:0`, bakeId: bake.id, kind: 'roll_back', order: bake.order } as const;
  for (let tries = 0; tries < 10; tries += 1) {
    try {
      return await perform(dispatching, effect, never);
    } catch (error) {
      if (!(error instanceof EffectError)) throw error;
    }
  }
}

/** What people are going to be told, by the queue itself. */
async function queued({ url }: TestDatabase, { deploy }: DeployRecord): Promise<readonly unknown[]> {
  const rows = await administer(
    url,
    `select data->'effect'->'notice'->>'topic' as topic from bakewatch_queue.job where name = 'notify' and data->'effect'->>'bakeId' = '${deploy.id}'`,
  );
  return rows.map(({ topic }) => topic);
}

/** A process that ends after it has done so many things to the world: from then on it does nothing, and nobody hears of it again. */
export function createLife(diesAfter: number) {
  const steps: string[] = [];
  let die = () => {};
  const died = new Promise<void>((resolve) => {
    die = resolve;
  });
  const forEver = new Promise<never>(() => {});
  const step = async <T>(what: string, act: () => Promise<T>): Promise<T> => {
    if (steps.length >= diesAfter) return await forEver;
    const [result] = await Promise.allSettled([act()]);
    if (steps.push(what) === diesAfter) die();
    if (steps.length >= diesAfter) return await forEver;
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  };
  return {
    steps,
    died,
    deps: {
      run: (request, signal) => step(request.argv.slice(0, 9).join(' '), () => deps.run(request, signal)),
      http: { ...deps.http, request: (request, signal) => step(request.method, () => deps.http.request(request, signal)) },
    } satisfies HookDeps,
    store: (store: Store): Store => ({
      ...store,
      find: (id) => step('find', () => store.find(id)),
      beginAttempt: (attempt) => step('begin the attempt', () => store.beginAttempt(attempt)),
      appendTimeline: (id, entry) => step(`tell ${entry.kind}`, () => store.appendTimeline(id, entry)),
      endAttempt: (attempt) => step('end the attempt', () => store.endAttempt(attempt)),
      update: (...args) => step('commit what came of it', () => store.update(...args)),
    }),
  };
}
