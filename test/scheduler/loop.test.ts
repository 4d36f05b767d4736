import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { AppError } from '../../src/core/base/errors.ts';
import { createScheduler, type PassRunner } from '../../src/scheduler/loop.ts';
import { register } from '../store/fixtures.ts';
import { aDatabase, silentLog, type TestDatabase } from '../support/database.ts';
import { silentMeter } from '../support/fake-meter.ts';
import { createWorld } from '../support/world.ts';

const soon = { timeout: 15_000 };
let database: TestDatabase;
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.close());

/** A loop over one bake that is due again and again. `pass` decides how its passes end. */
function aLoop(world: ReturnType<typeof createWorld>, pass: () => Promise<void>, isPaused = () => false) {
  const clock = { now: () => world.clock.now(), sleep: () => new Promise<void>((resolve) => setTimeout(resolve, 5)) };
  return createScheduler(
    { store: database.store, clock, log: silentLog, meter: silentMeter, pass, isPaused },
    { concurrency: 4, quickMs: 50, maxSlow: 4, leaseMs: 1_000, passTimeoutMs: 900, pollMs: 5, worker: 'w' },
  );
}

test('`trouble` reports a database that cannot write, until a pass succeeds', async () => {
  const world = createWorld(database.store);
  await world.release('v1');
  let how: () => Promise<void> = () => Promise.reject(new AppError('unavailable', 'the database cannot write'));
  const loop = aLoop(world, () => how());
  loop.start();
  expect(loop.trouble()).toBeNull();
  const firstAt = world.clock.now() + 3_600_000;
  world.clock.set(firstAt);
  await vi.waitFor(() => expect(loop.trouble()).toEqual({ at: firstAt, message: 'the database cannot write' }), soon);
  how = () => Promise.resolve();
  world.clock.advance(2_000);
  await vi.waitFor(() => expect(loop.trouble()).toBeNull(), soon);
  how = () => Promise.reject(new Error('a bug, which does not concern the database'));
  world.clock.advance(2_000);
  await vi.waitFor(async () => expect(await database.store.nextDueAt()).toBeGreaterThan(world.clock.now()), soon);
  await loop.stop();
  expect(loop.trouble()).toBeNull();
});

test('a loop that is paused makes no pass and is not late, and goes on afterwards', async () => {
  const world = createWorld(database.store);
  await world.release('v1');
  let [passes, isPaused] = [0, true];
  const pass = async () => {
    passes += 1;
  };
  const loop = aLoop(world, pass, () => isPaused);
  loop.start();
  world.clock.advance(3_600_000);
  await vi.waitFor(() => expect(loop.lastLookAt()).toBe(world.clock.now()), soon);
  world.clock.advance(1_000);
  await vi.waitFor(() => expect(loop.lastLookAt()).toBe(world.clock.now()), soon);
  expect(passes).toBe(0);
  isPaused = false;
  await vi.waitFor(() => expect(passes).toBeGreaterThan(0), soon);
  await loop.stop();
});

describe('passes that hang', () => {
  /** A loop over these bakes, one pass each, with two slots for quick passes and three for slow ones. */
  async function over(services: readonly string[], run: PassRunner) {
    const prefix = `loop-${randomUUID()}`;
    for (const service of services) await register(database.store, { service: `${prefix}-${service}` }, 'warming');
    const clock = { now: () => Date.now(), sleep: (ms: number, signal: AbortSignal) => delay(ms, undefined, { signal }).catch(() => {}) };
    const seen: string[] = [];
    const pass: PassRunner = async (claim, signal) => {
      const service = claim.record.deploy.service.replace(`${prefix}-`, '');
      if (!services.includes(service)) return;
      seen.push(service);
      await run(claim, signal);
    };
    const options = { concurrency: 2, quickMs: 20, maxSlow: 3, leaseMs: 600_000, passTimeoutMs: 300_000, pollMs: 5, worker: prefix };
    const loop = createScheduler({ store: database.store, clock, log: silentLog, meter: silentMeter, pass }, options);
    loop.start();
    return { seen, loop };
  }

  test('do not delay others: other bakes get their passes meanwhile', async () => {
    const hung = Promise.withResolvers<void>();
    const { seen, loop } = await over(['hangs-1', 'hangs-2', 'hangs-3', 'well-1', 'well-2'], async ({ record }) => {
      if (record.deploy.service.includes('hangs')) await hung.promise;
    });
    await vi.waitFor(() => expect(seen.toSorted()).toEqual(['hangs-1', 'hangs-2', 'hangs-3', 'well-1', 'well-2']), soon);
    hung.resolve();
    await loop.stop();
  });

  test('run at most `concurrency + maxSlow` at a time', async () => {
    let [now, max] = [0, 0];
    const hung = Promise.withResolvers<void>();
    const services = Array.from({ length: 9 }, (_, i) => `hangs-${i}`);
    const { seen, loop } = await over(services, async () => {
      now += 1;
      max = Math.max(max, now);
      if (seen.length === 5) setTimeout(hung.resolve, 200);
      await hung.promise;
      now -= 1;
    });
    await vi.waitFor(() => expect(seen).toHaveLength(9), soon);
    await loop.stop();
    expect(max).toBe(5);
  });
});
