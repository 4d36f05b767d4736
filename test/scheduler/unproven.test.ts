import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Inspection } from '../../src/core/series/inspection.ts';
import type { MetricsProvider } from '../../src/ports/provider.ts';
import { aCheck, aCondition, step } from '../support/builders.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';
import { createFakeProvider } from '../support/fake-provider.ts';
import { createWorld, type World } from '../support/world.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.close());

const hour = 3_600_000;
const baseline = { historyMs: 6 * hour, like: [{ kind: 'before' }], timezone: 'UTC' } as const;
const inspection = (codes: readonly string[], text: string): Inspection => ({
  series: codes.map((code) => ({ __name__: 'requests', code })),
  isCut: false,
  now: codes.length,
  selector: { metric: 'requests', conditions: text === '' ? [] : [{ label: 'status', text }] },
  others: [],
  metrics: [],
});
/** Answers `bad` as `bad` says, and 100 requests to each tick. It can tell which series there are, but not those of `bad`. */
function telling(bad: (at: number) => number | null): MetricsProvider {
  const fake = createFakeProvider((query, at) => (query === 'bad' ? bad(at) : 100));
  return {
    ...fake.provider,
    inspect: async ({ query }) => (query === 'bad' ? inspection([], 'status="500"') : inspection(['200', '500'], '')),
  };
}
const selectors = { kind: 'ratio', bad: { query: 'bad' }, total: { query: 'total' } } as const;

async function aWorld(bad: (at: number) => number | null, check: Parameters<typeof aCheck>[0] = {}): Promise<World> {
  const regression = aCheck({ provider: 'telling', question: selectors, failWhen: [aCondition('regression', {})], ...check });
  const world = createWorld(database.store, { ruleSet: { checks: [regression], baseline }, more: { telling: telling(bad) } });
  await world.release('v1', { adopted: true, registeredBy: 'ana' });
  world.clock.advance(step);
  return world;
}

async function endOf(world: World, version: string) {
  const { record } = await world.release(version);
  const bake = await world.run(record.deploy.id);
  const [history] = await world.store.histories(record.deploy.id);
  const { result } = (await world.store.measurements(record.deploy.id)).at(-1) ?? {};
  const unproven = result !== undefined && 'unproven' in result ? result.unproven : undefined;
  return { bake, sightings: history?.sightings, unproven };
}

test('a source that never matched leaves the pass with low confidence, with the labels that exist', async () => {
  const { bake, sightings, unproven } = await endOf(await aWorld(() => null), 'v1.1');
  expect(bake).toMatchObject({ state: 'passed', confidence: 'low' });
  expect(sightings).toEqual([
    { source: 'bad', isMatched: false, text: expect.stringMatching(/no series in 6h, .*there is no label `status`; the labels are code/) },
    { source: 'total', isMatched: true, text: '' },
  ]);
  expect(unproven).toMatch(/^unproven: `bad`/);
  expect(bake.state === 'passed' && bake.reasons?.join('\n')).toContain(unproven);
});

test('the next release reuses that knowledge', async () => {
  const world = await aWorld(() => null);
  await endOf(world, 'v1.1');
  const { unproven, sightings } = await endOf(world, 'v1.2');
  expect(unproven).toContain('there is no label `status`');
  expect(sightings?.map(({ isMatched }) => isMatched)).toEqual([false, true]);
});

test('a source that matched series without an event is proven', async () => {
  const { unproven, sightings } = await endOf(await aWorld(() => 0), 'v1.1');
  expect(unproven).toBeUndefined();
  expect(sightings?.map(({ isMatched }) => isMatched)).toEqual([true, true]);
});

test('a source that matched once in an earlier bake stays proven, though its series are gone', async () => {
  let matches = true;
  const world = await aWorld(() => (matches ? 0 : null));
  await endOf(world, 'v1.1');
  matches = false;
  expect((await endOf(world, 'v1.2')).unproven).toBeUndefined();
});

test('the owner confirms with never_seen: ok', async () => {
  expect((await endOf(await aWorld(() => null, { neverSeen: 'ok' }), 'v1.1')).unproven).toBeUndefined();
});

test('a check with a fixed limit needs no past, and is looked at all the same', async () => {
  const failWhen = [aCondition('threshold', { above: 0.1 })];
  const { bake, unproven } = await endOf(await aWorld(() => null, { failWhen }), 'v1.1');
  expect(bake).toMatchObject({ state: 'passed', confidence: 'low' });
  expect(unproven).toContain('there is no label `status`');
  const confirmed = await endOf(await aWorld(() => null, { failWhen, neverSeen: 'ok' }), 'v1.1');
  expect(confirmed.bake).toMatchObject({ state: 'passed', confidence: 'full' });
});

test('the past of a version that did not look is asked for again', async () => {
  const world = await aWorld(() => null);
  const { record: first } = await world.release('v1.1');
  await world.run(first.deploy.id);
  const [history] = await world.store.histories(first.deploy.id);
  if (!history) throw new Error('there is no past');
  const { sightings: _, ...older } = history;
  const second = await aWorld(() => null);
  const { record } = await second.release('v1.1');
  await second.store.saveHistory(record.deploy.id, [older]);
  await second.run(record.deploy.id);
  const { sightings } = await endOf(second, 'v1.2');
  expect(sightings?.map(({ isMatched }) => isMatched)).toEqual([false, true]);
});
