import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { analyzers } from '../../analyzers/index.ts';
import { replay } from '../../src/core/recording/replay.ts';
import type { MetricsProvider } from '../../src/ports/provider.ts';
import { exportRecording } from '../../src/usecases/export-recording.ts';
import { aCheck, aCondition, step } from '../support/builders.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';
import { createFakeProvider } from '../support/fake-provider.ts';
import { createWorld, type World } from '../support/world.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.close());

const damping = { k: 2, n: 3 } as const;
const failWhen = [{ ...aCondition('threshold', { above: 0.1 }), damping }];
const errors = aCheck({ failWhen, unless: ['postal'] });
const postal = aCheck({
  name: 'postal',
  critical: false,
  failWhen,
  question: { kind: 'ratio', bad: { query: 'postal_bad' }, total: { query: 'total' } },
});

type Outage = {
  readonly own: readonly [from: number, to: number];
  readonly postal: readonly [from: number, to: number];
  /** When the provider cannot be asked about the dependency. */
  readonly unasked?: readonly [from: number, to: number];
};

/** A bake of v2, whose service and dependency fail 40 of 100 requests in these ticks after the deploy. `now`: the deploy. */
async function aWorld({ own, postal: other, unasked }: Outage): Promise<{ readonly world: World; readonly id: string }> {
  let deployedAt = Number.POSITIVE_INFINITY;
  const isWithin = (at: number, [from, to]: readonly [number, number]) => at > deployedAt + from * step && at <= deployedAt + to * step;
  const world = createWorld(database.store, {
    ruleSet: { checks: [errors, postal] },
    plan: { forMs: 12 * step, extendMs: 12 * step, verifyMs: 8 * step },
    answers: (query, at) => {
      if (query === 'postal_bad') return isWithin(at, other) ? 40 : 0;
      return query === 'bad' ? (isWithin(at, own) ? 40 : 1) : 100;
    },
    failing: ({ query }, now) => (query === 'postal_bad' && unasked && isWithin(now, unasked) ? 'unavailable' : null),
  });
  await world.release('v1', { adopted: true });
  world.clock.advance(step);
  deployedAt = world.clock.now();
  return { world, id: (await world.release('v2')).record.deploy.id };
}

describe('a check that another one excuses', () => {
  test('does not count while the dependency fails too; the bake is extended, people hear it once, and it passes afterwards', async () => {
    const { world, id } = await aWorld({ own: [6, 16], postal: [6, 16] });
    expect(await world.run(id)).toMatchObject({ state: 'passed' });
    expect(world.told()).toEqual(['started', 'elsewhere', 'passed']);
    expect(await world.story(id)).toContain('elsewhere');
    expect(world.platform.performed).toEqual([]);
    const recording = await exportRecording(world.store, id);
    expect(replay(recording, { analyzers, ruleSet: null })).toMatchObject({ verdict: 'pass' });
  });

  test('ends the bake inconclusive, with the reason, where the dependency never recovers', async () => {
    const { world, id } = await aWorld({ own: [6, 99], postal: [6, 99] });
    expect(await world.run(id)).toMatchObject({
      state: 'inconclusive',
      reasons: expect.arrayContaining(['Errors: not counted: postal fails too (unless)']),
    });
    expect(world.told()).toEqual(['started', 'elsewhere', 'inconclusive']);
  });

  test('fails as ever where the service was bad before the dependency', async () => {
    const { world, id } = await aWorld({ own: [2, 99], postal: [9, 99] });
    await world.run(id);
    expect(world.told().slice(0, 3)).toEqual(['started', 'unhealthy', 'rolled_back']);
    expect(world.platform.performed).toMatchObject([{ target: { version: 'v1' } }]);
  });

  test('fails where it is still bad when the dependency is well again', async () => {
    const { world, id } = await aWorld({ own: [5, 99], postal: [5, 9] });
    await world.run(id);
    expect(world.told().slice(0, 4)).toEqual(['started', 'elsewhere', 'unhealthy', 'rolled_back']);
    expect(world.platform.performed).toMatchObject([{ target: { version: 'v1' } }]);
  });

  test('is still excused where another process takes the bake over in the middle, and people do not hear it again', async () => {
    const { world, id } = await aWorld({ own: [6, 16], postal: [6, 16] });
    const excused = await world.run(id, (bake) => bake.state === 'baking' && bake.excusedSince !== undefined);
    expect(excused.state).toBe('baking');
    world.restart(database.store);
    expect(await world.run(id)).toMatchObject({ state: 'passed' });
    expect(world.told()).toEqual(['started', 'elsewhere', 'passed']);
    expect(world.platform.performed).toEqual([]);
  });

  test('fails where it is still bad when the dependency is well again, also for a process that takes the bake over', async () => {
    const { world, id } = await aWorld({ own: [5, 99], postal: [5, 9] });
    await world.run(id, (bake) => bake.state === 'baking' && bake.excusedSince !== undefined);
    world.restart(database.store);
    await world.run(id);
    expect(world.told().slice(0, 4)).toEqual(['started', 'elsewhere', 'unhealthy', 'rolled_back']);
    expect(world.platform.performed).toMatchObject([{ target: { version: 'v1' } }]);
  });

  test('is no recovery while the dependency fails', async () => {
    const { world, id } = await aWorld({ own: [2, 20], postal: [9, 20] });
    const bake = await world.run(id);
    expect(bake.state).not.toBe('rolling_back');
    expect(world.told()).not.toContain('recovered');
  });

  test('is excused by what the dependency showed before its provider stopped to answer', async () => {
    const { world, id } = await aWorld({ own: [4, 16], postal: [4, 16], unasked: [9, 12] });
    expect(await world.run(id)).toMatchObject({ state: 'passed' });
    expect(world.platform.performed).toEqual([]);
  });

  test('is asked at the same time as the dependency, so that a slow provider there costs it no time', async () => {
    const asked: number[] = [];
    const { provider } = createFakeProvider((query) => (query === 'postal_bad' ? 1 : 100));
    const slow: MetricsProvider = {
      ...provider,
      fetchSeries: async (query, signal) => {
        await expect.poll(() => asked).toContain(query.window.to);
        return await provider.fetchSeries(query, signal);
      },
    };
    const world = createWorld(database.store, {
      ruleSet: { checks: [errors, { ...postal, provider: 'slow' }] },
      plan: { forMs: 2 * step },
      more: { slow },
      failing: ({ window }) => {
        asked.push(window.to);
        return null;
      },
    });
    await world.release('v1', { adopted: true });
    world.clock.advance(step);
    const { record } = await world.release('v2');
    expect(await world.run(record.deploy.id)).toMatchObject({ state: 'passed' });
  });
});
