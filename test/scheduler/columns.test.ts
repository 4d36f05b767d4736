import { afterAll, beforeAll, expect, test } from 'vitest';
import { aCheck, aCondition } from '../support/builders.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';
import { createWorld } from '../support/world.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.close());

/** Bakes a release that is judged by checks of two kinds, with gaps in the data and a provider that is away now and then. */
async function bakeIn(isRestarted: boolean) {
  const checks = [
    aCheck({ name: 'errors', failWhen: [aCondition('regression', {}), aCondition('threshold', { above: 0.2 })] }),
    aCheck({ name: 'orders', question: { kind: 'rate', count: { query: 'orders' } }, failWhen: [aCondition('threshold', { above: 900 })] }),
  ];
  const world = createWorld(database.store, {
    ruleSet: { checks },
    answers: (query, at) => {
      const tick = Math.round(at / 15_000) % 11;
      if (tick === 3 || (query === 'orders' && tick > 6)) return null;
      return query === 'bad' ? tick : 100 + tick;
    },
    failing: ({ query }, now) => (query === 'orders' && Math.round(now / 15_000) % 5 === 2 ? 'unavailable' : null),
  });
  await world.release('v1', { adopted: true });
  const { id } = (await world.release('v2')).record.deploy;
  const bake = await world.run(id, () => {
    if (isRestarted) world.restart(database.store);
    return false;
  });
  const measurements = await world.store.measurements(id);
  const verdicts = measurements.map(({ check, window, result, ticks }) => ({ check, window, result, ticks }));
  return { state: bake.state, verdicts };
}

test('the verdicts of a process that keeps the ticks are those of one that reads them all at each pass', async () => {
  const [kept, read] = await Promise.all([bakeIn(false), bakeIn(true)]);
  expect(kept).toEqual(read);
  expect(kept.verdicts.length).toBeGreaterThan(20);
  expect(new Set(kept.verdicts.map(({ result }) => result.outcome)).size).toBeGreaterThan(1);
});
