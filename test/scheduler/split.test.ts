import { afterAll, beforeAll, expect, test } from 'vitest';
import { analyzers } from '../../analyzers/index.ts';
import { chartsOf } from '../../src/core/chart/chart.ts';
import { readRecording } from '../../src/core/recording/read-recording.ts';
import { replay } from '../../src/core/recording/replay.ts';
import type { MetricsProvider, SeriesQuery } from '../../src/ports/provider.ts';
import { exportRecording } from '../../src/usecases/export-recording.ts';
import { loadDetails } from '../../src/usecases/view-deploy.ts';
import { aCheck, aCondition, step, t0 } from '../support/builders.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';
import { createWorld } from '../support/world.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.close());

const hour = 3_600_000;
const names = Array.from({ length: 8 }, (_, i) => `/e${i}`);

/** Eight endpoints with a hundred requests a tick each, of which one in a hundred fails. From an instant on, half of those of `/e3` fail. */
function createShop(brokenFrom: number, asked: SeriesQuery[]): MetricsProvider {
  const eventsOf = (name: string, query: string, at: number) => {
    if (query !== 'bad') return 100;
    return name === '/e3' && at > brokenFrom ? 50 : (at / step + names.indexOf(name)) % 4 === 0 ? 4 : 0;
  };
  return {
    ping: async () => {},
    async fetchSeries(query) {
      asked.push(query);
      const { from, to, stepMs } = query.window;
      const ends = Array.from({ length: Math.round((to - from) / stepMs) }, (_, i) => from + (i + 1) * stepMs);
      const seriesOf = (name: string) => ({
        labels: { endpoint: name },
        instance: 'a',
        samples: ends.map((at) => [at, eventsOf(name, query.query, at)] as const),
      });
      return { shape: 'delta', series: names.map(seriesOf) };
    },
  };
}

async function bakeIn({ isRestarted = false, brokenFrom = Number.POSITIVE_INFINITY } = {}) {
  const asked: SeriesQuery[] = [];
  const failWhen = [aCondition('regression', {}), aCondition('threshold', { above: 0.9 })];
  const checks = [aCheck({ name: 'errors', provider: 'shop', by: 'endpoint', failWhen })];
  const baseline = { historyMs: 2 * hour, like: [{ kind: 'before' }], timezone: 'UTC' } as const;
  const world = createWorld(database.store, { ruleSet: { checks, baseline }, more: { shop: createShop(brokenFrom, asked) } });
  await world.release('v1', { adopted: true });
  world.clock.advance(step);
  const { id } = (await world.release('v2')).record.deploy;
  const bake = await world.run(id, () => {
    if (isRestarted) world.restart(database.store);
    return false;
  });
  const measurements = await world.store.measurements(id);
  const verdicts = measurements.map(({ check, window, result, ticks }) => ({ check, window, result, ticks }));
  const read = readRecording(JSON.stringify(await exportRecording(world.store, id)));
  if (!read.ok) throw new Error(`${read.field}: ${read.message}`);
  return {
    state: bake.state,
    verdicts,
    asked,
    replayed: replay(read.recording, { analyzers, ruleSet: null }),
    details: await loadDetails(world.store, id),
  };
}

test('one endpoint of many that breaks fails the bake, by name', async () => {
  const { state, verdicts, replayed, details } = await bakeIn({ brokenFrom: t0 });
  expect(state).not.toBe('passed');
  const failed = verdicts.find(({ result }) => result.outcome === 'fail')?.result;
  expect(failed?.outcome === 'fail' && failed.explanation?.headline).toMatch(/\/e3: 50 % of requests failed/);
  expect(replayed).toMatchObject({ verdict: 'fail', checks: [{ reason: failed?.reason }] });
  const [chart] = chartsOf(details);
  expect(chart?.title).toMatch(/, endpoint=\/e3$/);
});

test('a healthy release passes, and its replay too; each source is asked once a tick', async () => {
  const { state, asked, replayed, details } = await bakeIn();
  expect([state, replayed.verdict]).toEqual(['passed', 'pass']);
  expect(chartsOf(details)[0]?.title).not.toContain('endpoint=');
  const ticks = Map.groupBy(
    asked.filter(({ form }) => form === 'events'),
    ({ window }) => window.to,
  );
  expect(
    new Set(
      [...ticks.values()].map((list) =>
        list
          .map(({ query }) => query)
          .toSorted()
          .join(),
      ),
    ),
  ).toEqual(new Set(['bad,total']));
});

test('a process that keeps the ticks comes to the verdicts of one that reads them all at each pass', async () => {
  const [kept, read] = await Promise.all([bakeIn(), bakeIn({ isRestarted: true })]);
  expect(kept.verdicts).toEqual(read.verdicts);
  expect(kept.verdicts.length).toBeGreaterThan(3);
  expect(kept.verdicts.at(-1)?.ticks?.split?.values).toHaveLength(8);
});
