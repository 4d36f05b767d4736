import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMeteredStore } from '../../src/app/metered-store.ts';
import type { Meter } from '../../src/core/base/meter.ts';
import { drill } from '../../src/usecases/drill.ts';
import { cancel, pass } from '../../src/usecases/intervene.ts';
import { aRuleSet, step } from '../support/builders.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';
import { type Act, createFakeHook } from '../support/fake-hook.ts';
import { silentMeter } from '../support/fake-meter.ts';
import { createWorld, type WorldOptions } from '../support/world.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.close());

/** A service that runs `v1`; `v2` is bad. What is counted from then on, each as one line. */
async function aCountedWorld(options: WorldOptions = {}) {
  const counted: string[] = [];
  const meter: Meter = {
    ...silentMeter,
    stateEntered: (state) => counted.push(state),
    decided: (state, seconds) => counted.push(`${state} after ${seconds} s`),
    rolledBack: (outcome) => counted.push(`rollback: ${outcome}`),
    drilled: (outcome) => counted.push(`drill: ${outcome}`),
  };
  const world = createWorld(createMeteredStore(database.store, meter), { bad: (version) => (version === 'v2' ? 50 : 1), ...options });
  await world.release('v1', { adopted: true, registeredBy: 'ana' });
  world.clock.advance(step);
  counted.length = 0;
  return { world, counted };
}

const inStages = { plan: { traffic: { hook: 'splitter', stages: [50, 100].map((weight) => ({ weight, forMs: 4 * step })) } } };

test.for<{ name: string; version?: string; options?: WorldOptions; counted: readonly string[] }>([
  {
    name: 'a good release, and how long it took to be sure',
    version: 'v1.1',
    counted: ['warming', 'baking', 'passed', 'passed after 155 s'],
  },
  {
    name: 'a bad one, how long it took to be found, and its recovery',
    counted: ['warming', 'baking', 'rolling_back', 'rolling_back after 50 s', 'verifying', 'rolled_back', 'rollback: recovered'],
  },
  {
    name: 'a rollback that did not help',
    options: { bad: (version) => (version === 'v2' ? 50 : null) },
    counted: ['warming', 'baking', 'rolling_back', 'rolling_back after 50 s', 'verifying', 'failed', 'rollback: not_recovered'],
  },
  {
    name: 'a rollback of which nobody knows what became',
    options: { acts: ['dies after'], canAsk: false },
    counted: ['warming', 'baking', 'rolling_back', 'rolling_back after 50 s', 'failed', 'rollback: unknown'],
  },
  {
    name: 'a rollback that was refused',
    options: { acts: ['refused'] },
    counted: ['warming', 'baking', 'rolling_back', 'rolling_back after 50 s', 'failed', 'rollback: not_done'],
  },
  {
    name: 'a bad one that may not be rolled back',
    options: { plan: { observeOnly: true } },
    counted: ['warming', 'baking', 'failed', 'failed after 50 s'],
  },
  {
    name: 'a good one in stages when it has passed the last',
    version: 'v1.1',
    options: inStages,
    counted: ['warming', ...['shifting', 'baking', 'shifting', 'baking'], 'passed', 'passed after 200 s'],
  },
  {
    name: 'a bad one in stages before it loses its traffic',
    options: inStages,
    counted: [
      ...['warming', 'shifting', 'baking', 'shifting', 'rolling_back after 50 s'],
      ...['rolling_back', 'verifying', 'rolled_back', 'rollback: recovered'],
    ],
  },
])('counts $name', async ({ version = 'v2', options, counted: expected }) => {
  const { world, counted } = await aCountedWorld(options);
  await world.run((await world.release(version)).record.deploy.id);
  expect(counted).toEqual(expected);
});

test('what a person or a newer deploy ends is counted, and says nothing of how long it takes to judge', async () => {
  const { world, counted } = await aCountedWorld();
  const by = () => ({ by: 'ana', at: world.clock.now() });
  const ids: string[] = [];
  for (const version of ['v1.1', 'v1.2', 'v1.3']) {
    const { id } = (await world.release(version)).record.deploy;
    await world.run(id, ({ state }) => state === 'baking');
    ids.push(id);
    if (version === 'v1.1') await pass(world.store, { id, why: 'it is fine', ...by() });
  }
  await cancel(world.store, { id: ids[2] ?? '', ...by() });
  expect(counted).toEqual(['warming', 'baking', 'passed', 'warming', 'baking', 'warming', 'superseded', 'baking', 'canceled']);
});

test('a registration that is repeated is counted once, and what is refused not at all', async () => {
  const { world, counted } = await aCountedWorld();
  const { id } = (await world.release('v1.1', { key: 'build-5' })).record.deploy;
  await world.release('v1.1', { key: 'build-5' });
  await cancel(world.store, { id, by: 'ana', at: world.clock.now() });
  await expect(cancel(world.store, { id, by: 'ana', at: world.clock.now() })).rejects.toThrow();
  expect(counted).toEqual(['warming', 'canceled']);
});

test.for<[Act, string]>([
  ['works', 'drill: succeeded'],
  ['refused', 'drill: failed'],
])('a drill whose hook is «%s» is counted', async ([act, line]) => {
  const { world, counted } = await aCountedWorld();
  const place = { service: world.service, environment: 'production' };
  const hooks = new Map([['deployer', { hook: createFakeHook({ running: 'v1', acts: [act] }).hook }]]);
  const deps = { store: world.store, clock: world.clock, hooks, shiftHooks: new Map(), ruleSetFor: () => aRuleSet(place), forRealIn: [] };
  await drill(deps, { place, forReal: false, by: 'ana' }, new AbortController().signal);
  expect(counted).toEqual([line]);
});
