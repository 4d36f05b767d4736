import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EffectError } from '../../src/core/base/errors.ts';
import type { DispatchDeps } from '../../src/effects/deps.ts';
import { perform } from '../../src/effects/dispatch.ts';
import type { HookDeps } from '../../src/hooks/deps.ts';
import { createHttp } from '../../src/net/http.ts';
import { createRunProcess, type RunProcess } from '../../src/net/process.ts';
import type { DeployRecord } from '../../src/ports/bake-store.ts';
import type { RollbackHook } from '../../src/ports/hook.ts';
import type { Store } from '../../src/ports/store.ts';
import { aDeploy, aRegistration, bakeIn, commitOf, start } from '../store/fixtures.ts';
import { aDatabase, administer, silentLog, type TestDatabase } from '../support/database.ts';
import { silentMeter } from '../support/fake-meter.ts';
import { createManualClock } from '../support/manual-clock.ts';
import type { HookWorld } from './hook.ts';

/** A world whose hooks another process can build again. `unverifiable` is `null` if the hook can always read the running release. */
export type RebuiltWorld = Omit<HookWorld, 'hook' | 'unverifiable' | 'unreachable'> & {
  build(deps: HookDeps): { readonly hook: RollbackHook; readonly unverifiable: RollbackHook | null };
  /** Runs the programs of this world. Default: real processes. */
  readonly runProgram?: RunProcess;
};

const never = new AbortController().signal;
const deps = { http: createHttp(), run: createRunProcess({ PATH: process.env.PATH }) };

/**
 * The server is killed after each step of a rollback: each access to the database, each run of a program, each request. A killed process cleans nothing
 * up and reports nothing. Another process takes the order over.
 */
export function describeKilled(name: string, open: () => Promise<RebuiltWorld>): void {
  describe(`the ${name} hook, when the server is killed`, () => {
    let database: TestDatabase;
    const { TMPDIR } = process.env;
    const folder = mkdtempSync(join(tmpdir(), 'bakewatch-killed-'));
    beforeAll(async () => {
      // A killed process leaves its temporary folders behind.
      process.env.TMPDIR = folder;
      database = await aDatabase();
    });
    afterAll(async () => {
      if (TMPDIR === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = TMPDIR;
      rmSync(folder, { recursive: true, force: true });
      await database.close();
    });

    test.for(['hook', 'unverifiable'] as const)(
      'after any step: the rollback is finished, or its outcome is unknown (%s)',
      { timeout: 300_000 },
      async (which, { skip }) => {
        const whole = await story(open, database, { which, diesAfter: Number.POSITIVE_INFINITY });
        if (whole === null) return skip('this hook can always read the running release');
        expect(whole).toMatchObject({ state: 'verifying', received: ['v1'], running: 'v1' });
        for (const [i, step] of whole.steps.entries()) {
          const { state, received, running, notified } = (await story(open, database, { which, diesAfter: i + 1 })) ?? whole;
          const context = `killed after ${i + 1}. ${step}`;
          // An interrupted attempt is repeated: what follows the switch may be missing. Each order names its target.
          expect(received.length, context).toBeLessThanOrEqual(which === 'hook' ? 2 : 1);
          const finished = { state: 'verifying', received: ['v1'], running: 'v1', notified: ['rolled_back'] };
          if (which === 'hook' || state === 'verifying')
            expect({ state, received: [...new Set(received)], running, notified }, context).toEqual(finished);
          else expect([state, notified], context).toEqual(['failed, rolled back: unknown', ['failed']]);
        }
      },
    );
  });
}

type Kill = { readonly which: 'hook' | 'unverifiable'; readonly diesAfter: number };

/** Performs one order with a process that is killed and another one that takes over. */
async function story(open: () => Promise<RebuiltWorld>, database: TestDatabase, { which, diesAfter }: Kill) {
  const world = await open();
  const { store } = database;
  try {
    world.addRelease?.('v1');
    world.deploy('v2');
    const base = { ...deps, run: world.runProgram ?? deps.run };
    const life = createLife(diesAfter, base);
    const first = world.build(life.deps)[which];
    const second = world.build(base)[which];
    if (first === null || second === null) return null;
    const record = await ordered(store);
    await Promise.race([work(life.store(store), record, first), life.died]);
    await work(store, record, second);
    const bake = (await store.find(record.deploy.id))?.bake;
    const state = bake?.state === 'failed' ? `failed, rolled back: ${bake.rolledBack}` : bake?.state;
    const notified = await queued(database, record);
    return { steps: life.steps, state, notified, received: world.received().map(({ version }) => version), running: world.running() };
  } finally {
    await world.close();
  }
}

let deploys = 0;

/** Registers a deploy with a committed order to go back from v2 to v1. */
async function ordered(store: Store): Promise<DeployRecord> {
  const deploy = aDeploy({ version: 'v2', registeredAt: start + ++deploys });
  const bake = bakeIn(deploy, 'rolling_back');
  if (bake.state !== 'rolling_back') throw new Error(bake.state);
  const order = { id: `${deploy.id}:d1`, target: { deployId: 'd1', version: 'v1' }, reasons: ['errors 9 %'] as const };
  const result = await store.register(aRegistration(deploy), () => ({ ok: true, first: commitOf({ ...bake, order }), superseded: [] }));
  if (result.kind !== 'created') throw new Error(result.kind);
  return result.record;
}

/** Retries the order until it no longer throws, like the queue. */
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

/** The topics of the notices in the queue. */
async function queued({ url }: TestDatabase, { deploy }: DeployRecord): Promise<readonly unknown[]> {
  const rows = await administer(
    url,
    `select data->'effect'->'notice'->>'topic' as topic from bakewatch_queue.job where name = 'notify' and data->'effect'->>'bakeId' = '${deploy.id}'`,
  );
  return rows.map(({ topic }) => topic);
}

/** A process that is killed after `diesAfter` steps: it does nothing more, and none of its promises settles any more. */
export function createLife(diesAfter: number, base: HookDeps = deps) {
  const steps: string[] = [];
  let die = () => {};
  const died = new Promise<void>((resolve) => {
    die = resolve;
  });
  const pending = new Promise<never>(() => {});
  const step = async <T>(what: string, act: () => Promise<T>): Promise<T> => {
    if (steps.length >= diesAfter) return await pending;
    const [result] = await Promise.allSettled([act()]);
    if (steps.push(what) === diesAfter) die();
    if (steps.length >= diesAfter) return await pending;
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  };
  return {
    steps,
    died,
    deps: {
      run: (request, signal) => step(request.argv.slice(0, 9).join(' '), () => base.run(request, signal)),
      http: { ...base.http, request: (request, signal) => step(request.method, () => base.http.request(request, signal)) },
    } satisfies HookDeps,
    store: (store: Store): Store => ({
      ...store,
      find: (id) => step('find', () => store.find(id)),
      beginAttempt: (attempt) => step('begin the attempt', () => store.beginAttempt(attempt)),
      appendTimeline: (id, entry) => step(`append ${entry.kind}`, () => store.appendTimeline(id, entry)),
      endAttempt: (attempt) => step('end the attempt', () => store.endAttempt(attempt)),
      update: (...args) => step('commit the result', () => store.update(...args)),
    }),
  };
}
