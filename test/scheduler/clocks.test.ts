import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { step } from '../support/builders.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';
import { createWorld, type WorldOptions } from '../support/world.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.close());

const settleMs = 5_000;

/** A service whose known-good release is v1, and whose metrics server has a clock of its own. */
async function aWorld(options: WorldOptions) {
  const world = createWorld(database.store, options);
  await world.release('v1', { adopted: true, registeredBy: 'ana' });
  world.clock.advance(step);
  return world;
}

describe.for([1_000, 25_000, 40_000, 600_000])('a metrics server whose clock is %i ms behind', (behindMs) => {
  test('is asked only about ticks that are over there, and about each of them', async () => {
    const world = await aWorld({ behindMs });
    const asked: { readonly late: number }[] = [];
    const { id } = (await world.release('v1.1')).record.deploy;
    const bake = await world.run(id, () => {
      const windows = world.asked
        .slice(asked.length)
        .map(({ window }) => ({ late: window.to + settleMs - (world.clock.now() - behindMs) }));
      asked.push(...windows);
      return false;
    });
    expect(bake).toMatchObject({ state: 'passed' });
    expect(Math.max(...asked.map(({ late }) => late))).toBeLessThanOrEqual(0);
    const measured = (await world.store.measurements(id)).filter(({ ticks }) => ticks !== null);
    const totals = measured.flatMap(({ ticks }) => (ticks?.kind === 'ratio' ? [...ticks.total] : []));
    expect(totals).toEqual(Array.from({ length: 8 }, () => 100));
    expect((measured.at(-1)?.window.to ?? 0) - (measured[0]?.window.from ?? 0)).toBe(8 * step);
  });
});

describe.for([1_000, 25_000, 40_000, 600_000])('a metrics server whose clock is %i ms behind', (behindMs) => {
  test('does not keep a bad release from being rolled back, and its recovery from being seen', async () => {
    const world = await aWorld({ behindMs, bad: (version) => (version === 'v2' ? 60 : 1) });
    const { id } = (await world.release('v2')).record.deploy;
    expect(await world.run(id)).toMatchObject({ state: 'rolled_back', order: { target: { version: 'v1' } } });
    expect(world.platform.running()).toBe('v1');
  });
});

describe.for([30_000, 119_000])('a metrics server that hides the last %i ms', (lagMs) => {
  test('is asked for each tick once it shows it, so a good release passes', async () => {
    const world = await aWorld({ lagMs });
    const { id } = (await world.release('v1.1')).record.deploy;
    let latest = Number.NEGATIVE_INFINITY;
    const bake = await world.run(id, () => {
      for (const { window } of world.asked.slice(-5)) latest = Math.max(latest, window.to - world.clock.now());
      return false;
    });
    expect(bake).toMatchObject({ state: 'passed' });
    expect(latest).toBeLessThanOrEqual(-lagMs - 5_000);
    const measured = (await world.store.measurements(id)).filter(({ ticks }) => ticks !== null);
    const totals = measured.flatMap(({ ticks }) => (ticks?.kind === 'ratio' ? [...ticks.total] : []));
    expect(totals).toEqual(Array.from({ length: 8 }, () => 100));
  });

  test('does not keep a bad release from being rolled back', async () => {
    const world = await aWorld({ lagMs, bad: (version) => (version === 'v2' ? 60 : 1) });
    const { id } = (await world.release('v2')).record.deploy;
    expect(await world.run(id)).toMatchObject({ state: 'rolled_back', order: { target: { version: 'v1' } } });
  });
});

test('a clock that stands still does not keep a bake from its end', async () => {
  const world = await aWorld({ behindMs: 240 * 3_600_000 });
  const { id } = (await world.release('v1.1')).record.deploy;
  const bake = await world.run(id, ({ state }) => state === 'baking');
  world.clock.set(('limitAt' in bake ? bake.limitAt : 0) + 2 * 3_600_000 + 2 * step);
  await world.look(await world.recordOf(id));
  expect((await world.recordOf(id)).bake).toMatchObject({ state: 'inconclusive' });
});

test('a bake whose metrics server has no tick yet says so, and is not judged', async () => {
  const world = await aWorld({ behindMs: 600_000 });
  const { id } = (await world.release('v1.1')).record.deploy;
  const bake = await world.run(id, ({ state }) => state === 'baking');
  world.clock.set(('nextAt' in bake ? bake.nextAt : 0) + step);
  await world.look(await world.recordOf(id));
  const after = (await world.recordOf(id)).bake;
  expect(after).toMatchObject({
    state: 'baking',
    blind: null,
    reasons: [expect.stringContaining('no new data yet: prom does not show the next tick yet')],
  });
  expect('nextAt' in after && after.nextAt).toBeGreaterThan(world.clock.now());
});
