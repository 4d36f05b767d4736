import { afterAll, beforeAll, expect, test } from 'vitest';
import { analyzers } from '../../analyzers/index.ts';
import { readRecording } from '../../src/core/read-recording.ts';
import { replay } from '../../src/core/replay.ts';
import { exportRecording } from '../../src/usecases/export-recording.ts';
import { aCheck, aCondition, step, t0 } from '../support/builders.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';
import { createWorld, type World } from '../support/world.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.close());

const hour = 3_600_000;
const regression = aCheck({ failWhen: [aCondition('regression', {})] });
/** One request in a hundred fails now and then, and two in three of `v2`'s. */
const usual = (at: number) => ((at / step) % 4 === 0 ? 1 : 0);
const bad = (version: string, at: number) => (version === 'v2' ? 67 : usual(at));

async function aWorld(): Promise<World> {
  const ruleSet = { checks: [regression], baseline: { historyMs: 6 * hour, like: [{ kind: 'before' }], timezone: 'UTC' } } as const;
  const world = createWorld(database.store, { bad, ruleSet });
  await world.release('v1', { adopted: true, registeredBy: 'ana' });
  world.clock.advance(step);
  return world;
}

async function replayed(world: World, id: string) {
  const read = readRecording(JSON.stringify(await exportRecording(world.store, id)));
  if (!read.ok) throw new Error(`${read.field}: ${read.message}`);
  const { recording } = read;
  return { recording, verdict: replay(recording, { analyzers, ruleSet: null }).verdict };
}

test('a release is held against what the service taught before it, and put back; offline the answer is the same', async () => {
  const world = await aWorld();
  const { record } = await world.release('v2');
  const bake = await world.run(record.deploy.id);
  expect(bake).toMatchObject({ state: 'rolled_back', order: { target: { version: 'v1' } } });
  expect(bake.state === 'rolled_back' && bake.order.reasons[0]).toMatch(/errors: 67 %.*evidence/);
  const { recording, verdict } = await replayed(world, record.deploy.id);
  expect(recording.checks[0]?.calibration).toHaveLength(1);
  expect(verdict).toBe('fail');
});

test('a healthy release passes, and offline too', async () => {
  const world = await aWorld();
  const { record } = await world.release('v1.1');
  expect(await world.run(record.deploy.id)).toMatchObject({ state: 'passed' });
  expect((await replayed(world, record.deploy.id)).verdict).toBe('pass');
});

test('what is learned is frozen: another look at the past is never taken', async () => {
  const world = await aWorld();
  const { record } = await world.release('v1.1');
  await world.run(record.deploy.id);
  const long = world.asked.filter(({ window }) => window.to - window.from > hour);
  expect(long.map(({ query }) => query).toSorted()).toEqual(['bad', 'total']);
});

test('the time in which a bad release ran teaches nothing', async () => {
  const world = await aWorld();
  const { record: worse } = await world.release('v2');
  await world.run(worse.deploy.id);
  world.clock.advance(4 * step);
  const { record } = await world.release('v1.1');
  await world.run(record.deploy.id);
  const [history] = await world.store.histories(record.deploy.id);
  const ticks = history?.stretch?.ticks;
  if (ticks?.kind !== 'ratio') throw new Error('there is no past');
  expect(Math.max(...ticks.bad.map((count) => count ?? 0))).toBe(1);
  const missing = ticks.bad.flatMap((count, i) => (count === null ? [(history?.stretch?.startAt ?? 0) + i * step] : []));
  expect(missing.length).toBeGreaterThan(2);
  expect(Math.min(...missing)).toBeGreaterThanOrEqual(t0);
});
