import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { AppError } from '../../src/core/errors.ts';
import { createScheduler } from '../../src/scheduler/loop.ts';
import { aDatabase, silentLog, type TestDatabase } from '../support/database.ts';
import { silentMeter } from '../support/fake-meter.ts';
import { createWorld } from '../support/world.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.close());

/** A loop over one bake that is due again and again, with passes that end like this. */
function aLoop(world: ReturnType<typeof createWorld>, pass: () => Promise<void>) {
  const clock = { now: () => world.clock.now(), sleep: () => new Promise<void>((resolve) => setTimeout(resolve, 5)) };
  return createScheduler(
    { store: database.store, clock, log: silentLog, meter: silentMeter, tick: pass },
    { concurrency: 4, leaseMs: 1_000, tickMs: 900, pollMs: 5, worker: 'w' },
  );
}

test('a database that cannot write is the trouble of the loop until a pass succeeds', async () => {
  const world = createWorld(database.store);
  await world.release('v1');
  let how: () => Promise<void> = () => Promise.reject(new AppError('unavailable', 'the database cannot write'));
  const loop = aLoop(world, () => how());
  loop.start();
  expect(loop.trouble()).toBeNull();
  const firstAt = world.clock.now() + 3_600_000;
  world.clock.set(firstAt);
  await vi.waitFor(() => expect(loop.trouble()).toEqual({ at: firstAt, message: 'the database cannot write' }));
  how = () => Promise.resolve();
  world.clock.advance(2_000);
  await vi.waitFor(() => expect(loop.trouble()).toBeNull());
  how = () => Promise.reject(new Error('a bug, which says nothing of the database'));
  world.clock.advance(2_000);
  await vi.waitFor(async () => expect(await database.store.nextDueAt()).toBeGreaterThan(world.clock.now()));
  await loop.stop();
  expect(loop.trouble()).toBeNull();
});
