import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EffectError } from '../../src/core/base/errors.ts';
import type { DispatchDeps } from '../../src/effects/deps.ts';
import { perform } from '../../src/effects/dispatch.ts';
import type { HookDeps } from '../../src/hooks/deps.ts';
import { createHttp } from '../../src/net/http.ts';
import { createRunProcess } from '../../src/net/process.ts';
import type { DeployRecord } from '../../src/ports/bake-store.ts';
import type { ShiftHook } from '../../src/ports/shift-hook.ts';
import type { Store } from '../../src/ports/store.ts';
import { aShift, register, start } from '../store/fixtures.ts';
import { aDatabase, silentLog, type TestDatabase } from '../support/database.ts';
import { silentMeter } from '../support/fake-meter.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { createLife } from './killed.ts';
import type { ShiftWorld } from './shift-hook.ts';

/** A world whose hooks another process can build again. `unverifiable` is `null` if the hook can always read the share. */
export type RebuiltShiftWorld = Omit<ShiftWorld, 'hook' | 'unverifiable' | 'unreachable'> & {
  build(deps: HookDeps): { readonly hook: ShiftHook; readonly unverifiable: ShiftHook | null };
};

const never = new AbortController().signal;
const deps = { http: createHttp(), run: createRunProcess({ PATH: process.env.PATH }) };

/** The server is killed after each step of a shift. Another server takes the order over, and the share must be right. */
export function describeShiftKilled(name: string, open: () => Promise<RebuiltShiftWorld>): void {
  describe(`the ${name} traffic hook, when the server is killed`, () => {
    let database: TestDatabase;
    beforeAll(async () => {
      database = await aDatabase();
    });
    afterAll(() => database.close());

    test.for(['hook', 'unverifiable'] as const)(
      'after any step: the share is right (%s)',
      { timeout: 120_000 },
      async (which, { skip }) => {
        const right = { state: 'baking', known: 25, weight: 25 };
        const whole = await story(open, database.store, { which, diesAfter: Number.POSITIVE_INFINITY });
        if (whole === null) return skip('this hook can always read the share');
        expect(whole).toMatchObject({ ...right, received: [25] });
        for (const [i, step] of whole.steps.entries()) {
          const result = (await story(open, database.store, { which, diesAfter: i + 1 })) ?? whole;
          expect(result, `killed after ${i + 1}. ${step}`).toMatchObject(right);
          expect(new Set(result.received), `killed after ${i + 1}. ${step}`).toEqual(new Set([25]));
        }
      },
    );
  });
}

type Kill = { readonly which: 'hook' | 'unverifiable'; readonly diesAfter: number };

let deploys = 0;

/** Performs one order with a process that is killed and another one that takes over. */
async function story(open: () => Promise<RebuiltShiftWorld>, store: Store, { which, diesAfter }: Kill) {
  const world = await open();
  try {
    world.split(5);
    const life = createLife(diesAfter);
    const first = world.build(life.deps)[which];
    const second = world.build(deps)[which];
    if (first === null || second === null) return null;
    const record = await register(store, { service: 'shop', version: 'v2', registeredAt: start + ++deploys }, 'shifting');
    await Promise.race([work(life.store(store), record, first), life.died]);
    await work(store, record, second);
    const bake = (await store.find(record.deploy.id))?.bake;
    return { steps: life.steps, state: bake?.state, known: bake?.weight, received: world.received(), weight: world.weight() };
  } finally {
    await world.close();
  }
}

/** Retries the order until it no longer throws, like the queue. */
async function work(store: Store, record: DeployRecord, hook: ShiftHook): Promise<void> {
  const dispatching: DispatchDeps = {
    store,
    hooks: new Map(),
    shiftHooks: new Map([['splitter', { hook, type: 'real' }]]),
    notifiers: new Map(),
    clock: createManualClock(start + 120_000),
    log: silentLog,
    meter: silentMeter,
    publicUrl: null,
  };
  for (let tries = 0; tries < 10; tries += 1) {
    try {
      return await perform(dispatching, aShift(record), never);
    } catch (error) {
      if (!(error instanceof EffectError)) throw error;
    }
  }
}
