import { afterAll, beforeAll, expect, test } from 'vitest';
import { stampOf } from '../../src/core/bake/bake-stamp.ts';
import { approve, cancel, extend, pass, rollBack } from '../../src/usecases/intervene.ts';
import { rollForward } from '../../src/usecases/roll-forward.ts';
import { nextAtOf, step } from '../support/builders.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';
import { createWorld } from '../support/world.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.close());

/** `v1` is known-good, and `v2` is baking. */
async function baking() {
  const world = createWorld(database.store, { bad: () => 1 });
  await world.release('v1', { adopted: true, registeredBy: 'ana' });
  world.clock.advance(step);
  const { id } = (await world.release('v2')).record.deploy;
  await world.run(id, ({ state }) => state === 'baking');
  const { store, clock } = world;
  const seen = stampOf((await world.recordOf(id)).bake);
  const request = (expectedVersion: string, by = 'ben') => ({ id, by, at: clock.now(), expectedVersion, why: 'slow' });
  return { world, store, id, seen, request };
}

test('passes that only measure leave the stamp of a bake as it is', async () => {
  const { world, id, seen, request } = await baking();
  const { version } = await world.recordOf(id);
  for (let pass = 0; pass < 3; pass += 1) {
    world.clock.set(nextAtOf((await world.recordOf(id)).bake));
    await world.look(await world.recordOf(id));
  }
  expect((await world.recordOf(id)).version).toBeGreaterThan(version);
  await expect(extend(world.store, { ...request(seen), byMs: step })).resolves.toMatchObject({ bake: { state: 'baking' } });
});

test('the second of two people who decide about the same position is refused, and nothing is written', async () => {
  const { store, id, seen, request } = await baking();
  await rollBack(store, request(seen, 'ana'));
  const before = await store.timeline(id);
  const words = expect.stringMatching(/^nothing was done: the bake has moved on since you looked at it; now: rolling back to v1/);
  for (const decide of [
    () => rollBack(store, request(seen)),
    () => cancel(store, request(seen)),
    () => pass(store, request(seen)),
    () => approve(store, request(seen)),
    () => extend(store, { ...request(seen), byMs: step }),
  ]) {
    await expect(decide()).rejects.toMatchObject({ code: 'changed', message: words });
  }
  expect(await store.timeline(id)).toEqual(before);
});

test('an extension is a decision too', async () => {
  const { store, seen, request } = await baking();
  const { bake } = await extend(store, { ...request(seen, 'ana'), byMs: step });
  await expect(cancel(store, request(seen))).rejects.toMatchObject({ code: 'changed' });
  await expect(cancel(store, request(stampOf(bake)))).resolves.toMatchObject({ bake: { state: 'canceled', by: 'ben' } });
});

test('a roll forward is refused where the bake has moved', async () => {
  const { store, seen, request } = await baking();
  await cancel(store, request(seen));
  await expect(rollForward(store, { ...request(seen), confirm: false })).rejects.toMatchObject({ code: 'changed' });
});
