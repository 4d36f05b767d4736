import { afterAll, beforeAll, expect, test } from 'vitest';
import type { QueuedEffect } from '../../src/core/bake/effect.ts';
import { EffectError } from '../../src/core/base/errors.ts';
import type { DispatchDeps } from '../../src/effects/deps.ts';
import { gaveUp, perform } from '../../src/effects/dispatch.ts';
import type { DeployRecord } from '../../src/ports/bake-store.ts';
import type { Store } from '../../src/ports/store.ts';
import { cancel } from '../../src/usecases/intervene.ts';
import { aShift, register, start } from '../store/fixtures.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';
import type { Act } from '../support/fake-hook.ts';
import { createFakeLog, silentMeter } from '../support/fake-meter.ts';
import { createFakeShiftHook, type FakeShiftHook } from '../support/fake-shift-hook.ts';
import { Killed } from '../support/killed.ts';
import { createManualClock } from '../support/manual-clock.ts';

const never = new AbortController().signal;
let database: TestDatabase;
let services = 0;
const store = (): Store => database.store;

beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.close());

/** A deploy whose traffic is being shifted to 25 %. */
const shifting = (): Promise<DeployRecord> => register(store(), { service: `shifts-${++services}`, version: 'v2' }, 'shifting');

function dispatch(splitter: FakeShiftHook, rest: Partial<DispatchDeps> = {}) {
  const { lines, log } = createFakeLog();
  const deps: DispatchDeps = {
    store: store(),
    hooks: new Map(),
    shiftHooks: new Map([['splitter', { hook: splitter.hook, type: 'fake' }]]),
    notifiers: new Map(),
    clock: createManualClock(start + 120_000),
    log,
    meter: silentMeter,
    publicUrl: null,
    ...rest,
  };
  return { deps, lines };
}

/** Performs the order like the queue, until it no longer throws. */
async function work(deps: DispatchDeps, effect: QueuedEffect, most = 10): Promise<void> {
  for (let tries = 0; tries < most; tries++) {
    try {
      return await perform(deps, effect, never);
    } catch (error) {
      if (!(error instanceof EffectError) && !(error instanceof Killed)) throw error;
    }
  }
}

async function outcome({ deploy }: DeployRecord) {
  const bake = (await store().find(deploy.id))?.bake;
  const attempts = await store().attempts(deploy.id);
  const state = bake?.state === 'shifting' ? `shifting to ${bake.shift.weight}` : bake?.state;
  return { state, weight: bake?.weight, attempts: attempts.map((attempt) => attempt.outcome) };
}

const four = ['unreachable', 'unreachable', 'unreachable', 'unreachable'];
const rows: readonly {
  name: string;
  acts: readonly Act[];
  state: string;
  weight: number;
  attempts: readonly (string | null)[];
  gets: number;
}[] = [
  { name: 'is performed', acts: ['works'], state: 'baking', weight: 25, attempts: ['succeeded'], gets: 25 },
  {
    name: 'that was killed after acting is recognized as done',
    acts: ['dies after'],
    state: 'baking',
    weight: 25,
    attempts: [null, 'already_there'],
    gets: 25,
  },
  {
    name: 'that was killed before acting is performed',
    acts: ['dies before', 'works'],
    state: 'baking',
    weight: 25,
    attempts: [null, 'succeeded'],
    gets: 25,
  },
  {
    name: 'that timed out is recognized as done',
    acts: ['times out after'],
    state: 'baking',
    weight: 25,
    attempts: ['timeout', 'already_there'],
    gets: 25,
  },
  {
    name: 'whose hook ended with an error of ours after acting is recognized as done',
    acts: ['breaks after'],
    state: 'baking',
    weight: 25,
    attempts: ['timeout', 'already_there'],
    gets: 25,
  },
  {
    name: 'that timed out is repeated',
    acts: ['timeout', 'works'],
    state: 'baking',
    weight: 25,
    attempts: ['timeout', 'succeeded'],
    gets: 25,
  },
  {
    name: 'is given up after four tries, and the traffic is shifted back',
    acts: ['unreachable'],
    state: 'shifting to 0',
    weight: 5,
    attempts: four,
    gets: 0,
  },
  { name: 'that is refused is not retried', acts: ['refused'], state: 'shifting to 0', weight: 5, attempts: ['refused'], gets: 0 },
  { name: 'that failed is not retried', acts: ['failed'], state: 'shifting to 0', weight: 5, attempts: ['failed'], gets: 0 },
];
test.for(rows)('an order to shift $name', async ({ acts, gets, ...expected }) => {
  const record = await shifting();
  const splitter = createFakeShiftHook({ acts });
  await work(dispatch(splitter).deps, aShift(record));
  expect(await outcome(record)).toEqual({ state: expected.state, weight: expected.weight, attempts: expected.attempts });
  expect(splitter.weight()).toBe(gets);
});

test('an order reaches the hook with its key, its place, its release and its share', async () => {
  const record = await shifting();
  const splitter = createFakeShiftHook();
  await perform(dispatch(splitter).deps, aShift(record), never);
  const place = { service: record.deploy.service, environment: 'production' };
  expect(splitter.performed).toEqual([{ id: `${record.deploy.id}:shift:25`, place, release: { version: 'v2' }, weight: 25 }]);
});

test('an order that a newer one replaced is skipped', async () => {
  const record = await shifting();
  const splitter = createFakeShiftHook();
  await cancel(store(), { id: record.deploy.id, by: 'ana', at: start + 100_000 });
  await perform(dispatch(splitter).deps, aShift(record), never);
  expect([splitter.performed, (await outcome(record)).attempts]).toEqual([[], []]);
});

test('an order to shift all traffic back is performed even after the rollback has begun', async () => {
  const record = await register(store(), { service: `shifts-${++services}`, version: 'v2' }, 'rolling_back');
  const splitter = createFakeShiftHook();
  await splitter.hook.shift({ id: 'x', place: record.deploy, release: { version: 'v2' }, weight: 25 }, never);
  const effect = { ...aShift(record), shift: { id: `${record.deploy.id}:shift:0`, weight: 0 } } as QueuedEffect;
  await perform(dispatch(splitter).deps, effect, never);
  expect(splitter.weight()).toBe(0);
  expect(await outcome(record)).toEqual({ state: 'rolling_back', weight: 0, attempts: ['succeeded'] });
  expect((await store().timeline(record.deploy.id)).at(-1)).toMatchObject({ kind: 'shifted', text: 'the release gets 0 %' });
});

test('where the hook is no longer defined, the traffic is shifted back', async () => {
  const record = await shifting();
  await perform(dispatch(createFakeShiftHook(), { shiftHooks: new Map() }).deps, aShift(record), never);
  expect(await outcome(record)).toEqual({ state: 'shifting to 0', weight: 5, attempts: [] });
});

test('where the queue gives up, the traffic is shifted back, with an error', async () => {
  const record = await shifting();
  const { deps, lines } = dispatch(createFakeShiftHook());
  await gaveUp(deps, aShift(record));
  expect((await outcome(record)).state).toBe('shifting to 0');
  expect(lines).toMatchObject([{ level: 'error', message: 'shift given up' }]);
});

test('a shift is in the timeline: start, end and output', async () => {
  const record = await shifting();
  await work(dispatch(createFakeShiftHook({ acts: ['unreachable', 'works'] })).deps, aShift(record));
  const story = await store().timeline(record.deploy.id);
  expect(story.map(({ kind, text, detail }) => `${kind}: ${text}${detail ? ` (${detail})` : ''}`)).toEqual([
    'shift_started: attempt 1: splitter gives v2 25 % of the traffic',
    'shift_ended: attempt 1: unreachable: the splitter was unreachable (said unreachable)',
    'shift_started: attempt 2: splitter gives v2 25 % of the traffic',
    'shift_ended: attempt 2: succeeded: the release gets 25 % (shifted)',
    expect.stringContaining('baking: stage 2 of 2, 25 % of the traffic'),
  ]);
});
