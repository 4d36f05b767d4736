import { afterAll, beforeAll, expect, test } from 'vitest';
import { analyzers } from '../../analyzers/index.ts';
import { readRecording } from '../../src/core/recording/read-recording.ts';
import { replay } from '../../src/core/recording/replay.ts';
import { lengthOf } from '../../src/core/series/ticks.ts';
import type { SeriesQuery } from '../../src/ports/provider.ts';
import { exportRecording } from '../../src/usecases/export-recording.ts';
import { aCheck, aCondition, step, t0 } from '../support/builders.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';
import { createWorld, type World, type WorldOptions } from '../support/world.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.close());

const hour = 3_600_000;
const regression = aCheck({ failWhen: [aCondition('regression', {})] });
/** Sometimes one request in a hundred fails; of `v2`, two in three fail. */
const normal = (at: number) => ((at / step) % 4 === 0 ? 1 : 0);
const bad = (version: string, at: number) => (version === 'v2' ? 67 : normal(at));

async function aWorld(options: WorldOptions = {}): Promise<World> {
  const ruleSet = { checks: [regression], baseline: { historyMs: 6 * hour, like: [{ kind: 'before' }], timezone: 'UTC' } } as const;
  const world = createWorld(database.store, { bad, ruleSet, ...options });
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

test('a release is compared with the past of its service and rolled back; the replay gives the same answer', async () => {
  const world = await aWorld();
  const { record } = await world.release('v2');
  const bake = await world.run(record.deploy.id);
  expect(bake).toMatchObject({ state: 'rolled_back', order: { target: { version: 'v1' } } });
  expect(bake.state === 'rolled_back' && bake.order.reasons[0]).toMatch(/Errors: 67 % of requests failed.*, was /);
  const { recording, verdict } = await replayed(world, record.deploy.id);
  expect(recording.checks[0]?.calibration).toHaveLength(1);
  expect(verdict).toBe('fail');
});

test('a healthy release passes, and its replay too', async () => {
  const world = await aWorld();
  const { record } = await world.release('v1.1');
  expect(await world.run(record.deploy.id)).toMatchObject({ state: 'passed' });
  expect((await replayed(world, record.deploy.id)).verdict).toBe('pass');
});

test('the past is frozen: it is read only once', async () => {
  const world = await aWorld();
  const { record } = await world.release('v1.1');
  await world.run(record.deploy.id);
  const long = world.asked.filter(({ window }) => window.to - window.from > hour);
  expect(long.map(({ query }) => query).toSorted()).toEqual(['bad', 'total']);
});

test('the time of a bad release is excluded from the past', async () => {
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

const isLong = ({ window }: SeriesQuery) => window.to - window.from > 10 * 60_000;

test('the next release asks only for the part of the past that is not stored yet', async () => {
  const world = await aWorld();
  const { record: first } = await world.release('v1.1');
  await world.run(first.deploy.id);
  const before = world.asked.length;
  const { record } = await world.release('v1.2');
  await world.run(record.deploy.id);
  const [one, other] = await Promise.all([first, record].map(async ({ deploy }) => (await world.store.histories(deploy.id))[0]?.stretch));
  expect(world.asked.slice(before).filter(isLong)).toEqual([]);
  expect([one, other].map((stretch) => stretch && lengthOf(stretch.ticks))).toEqual([1440, 1440]);
  const moved = (other?.startAt ?? 0) - (one?.startAt ?? 0);
  expect(Math.abs(moved - (record.bake.begunAt - first.bake.begunAt))).toBeLessThan(step);
});

/** A past of one day. The provider answers only questions that begin at most `hours` ago. */
async function pastOfDay(hours: number): Promise<{ state: string; ticks: number | null }> {
  const failing = ({ window }: SeriesQuery) => (window.from < t0 - hours * hour ? 'timeout' : null);
  const ruleSet = { checks: [regression], baseline: { historyMs: 24 * hour, like: [{ kind: 'before' }], timezone: 'UTC' } } as const;
  const world = await aWorld({ failing, ruleSet });
  const { record } = await world.release('v1.1');
  const { state } = await world.run(record.deploy.id);
  const [history] = await world.store.histories(record.deploy.id);
  return { state, ticks: history?.stretch ? lengthOf(history.stretch.ticks) : null };
}

test('where the past is answered in part, the newest part is used; without it, the release is not judged', async () => {
  expect(await pastOfDay(25)).toEqual({ state: 'passed', ticks: 5760 });
  expect(await pastOfDay(7)).toEqual({ state: 'passed', ticks: 1500 });
  expect(await pastOfDay(3)).toEqual({ state: 'inconclusive', ticks: null });
});

test.for([
  { analyzer: 'regression', params: {} },
  { analyzer: 'anomaly', params: {} },
  { analyzer: 'relative', params: { to: { kind: 'before' }, more_than: 9 } },
])('with $analyzer, ticks that came before the past could be read count as soon as it can be read', async ({ analyzer, params }) => {
  const checks = [aCheck({ failWhen: [aCondition(analyzer, params)] })];
  const ruleSet = { checks, baseline: { historyMs: 6 * hour, like: [{ kind: 'before' }], timezone: 'UTC' } } as const;
  // `v2` is bad in its first ticks only, and the past is answered only after them.
  const badUntil = t0 + 7 * step;
  const badAtFirst = (version: string, at: number) => (version === 'v2' && at <= badUntil ? 67 : normal(at));
  const refused: SeriesQuery[] = [];
  const failing = (query: SeriesQuery, now: number) => {
    if (now > badUntil + step || query.window.to > t0 + step) return null;
    refused.push(query);
    return 'timeout';
  };
  const world = await aWorld({ bad: badAtFirst, failing, ruleSet });
  const { record } = await world.release('v2');
  expect(await world.run(record.deploy.id)).toMatchObject({ state: 'rolled_back' });
  expect(refused.length).toBeGreaterThan(1);
});

/** A bake of a quarter of an hour with a week of past. The metric has data in ten ticks of 120, in the bake or always. */
async function silentBake(isIdleByNature: boolean) {
  const phaseAt = (at: number) => ((((at - t0) / step) % 120) + 120) % 120;
  const isQuiet = (at: number) => (isIdleByNature || at > t0) && phaseAt(at) > 10;
  const ruleSet = {
    checks: [regression],
    bake: { forMs: 60 * step, everyMs: step, warmupMs: 2 * step, extendMs: 8 * step },
    baseline: { historyMs: 7 * 24 * hour, like: [{ kind: 'before' }], timezone: 'UTC' },
  } as const;
  const world = await aWorld({ bad: (_, at) => (isQuiet(at) ? null : normal(at)), ruleSet, plan: { forMs: 60 * step } });
  const { record } = await world.release('v1.1');
  const bake = await world.run(record.deploy.id);
  return { bake, ...(await replayed(world, record.deploy.id)), last: (await world.store.measurements(record.deploy.id)).at(-1)?.result };
}

test('a release whose metrics stop after a minute or two does not pass, live and in the replay', async () => {
  const { bake, verdict, last } = await silentBake(false);
  expect([bake.state, verdict]).toEqual(['inconclusive', 'inconclusive']);
  expect(last).toMatchObject({
    outcome: 'inconclusive',
    isSilent: true,
    explanation: { headline: expect.stringMatching(/^no data for the last/) },
  });
});

test('a release of a service that is idle by nature passes in its usual silence', async () => {
  const { bake, verdict, last } = await silentBake(true);
  expect([bake.state, verdict]).toEqual(['passed', 'pass']);
  expect(last).not.toHaveProperty('isSilent');
});
