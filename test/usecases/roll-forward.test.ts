import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Plan } from '../../src/core/bake/plan.ts';
import { rollBack } from '../../src/usecases/intervene.ts';
import { rollForward } from '../../src/usecases/roll-forward.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';
import type { Act } from '../support/fake-hook.ts';
import { createWorld, type World } from '../support/world.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.close());

type Shop = { readonly world: World; readonly id: string; readonly heal: () => void };

/** `v1` is known-good, and `v2` was rolled back. `both`: the service stays bad with `v1`, until `heal`. */
async function rolledBack({
  both = true,
  acts = ['works'],
  plan = {},
}: {
  both?: boolean;
  acts?: readonly Act[];
  plan?: Partial<Plan>;
} = {}) {
  let healedAt = Number.POSITIVE_INFINITY;
  let brokenAt = Number.POSITIVE_INFINITY;
  const world = createWorld(database.store, {
    plan,
    acts,
    bad: (version, at) => (at > brokenAt && at <= healedAt && (both || version === 'v2') ? 60 : 1),
  });
  await world.release('v1', { adopted: true, registeredBy: 'ana' });
  world.clock.advance(60_000);
  const { record } = await world.release('v2');
  brokenAt = world.clock.now();
  await world.run(record.deploy.id);
  await world.work();
  const heal = () => {
    healedAt = world.clock.now();
  };
  return { world, id: record.deploy.id, heal };
}

const forward = ({ world, id }: Shop, confirm = false) =>
  rollForward(world.store, { id, by: 'ana', at: world.clock.now(), why: 'v1 is as bad', confirm });

const placeOf = ({ world }: Shop) => ({ service: world.service, environment: 'production' });

describe('a rollback that did not help', () => {
  test('says so, does not count the release as bad, and says how to put it back', async () => {
    const shop = await rolledBack();
    const { bake } = await shop.world.recordOf(shop.id);
    expect(bake).toMatchObject({ state: 'failed', rolledBack: 'yes', didNotHelp: true, rolledBackTo: { version: 'v1' } });
    expect('reasons' in bake && bake.reasons[0]).toBe('rolled back to v1, but the checks still fail: the rollback did not help');
    expect('reasons' in bake && bake.reasons.at(-1)).toContain(`bakewatch roll-forward ${shop.id}`);
    const outcome = (await shop.world.store.outcomes(placeOf(shop), 0)).find(({ state }) => state === 'failed');
    expect(outcome?.mark).toBe('elsewhere');
  });

  test('leaves an older deploy of the same version known-good', async () => {
    let brokenAt = Number.POSITIVE_INFINITY;
    const world = createWorld(database.store, { bad: (_, at) => (at > brokenAt ? 60 : 1) });
    await world.release('v2', { adopted: true });
    world.clock.advance(60_000);
    await world.release('v1', { adopted: true });
    world.clock.advance(60_000);
    const { record } = await world.release('v2');
    brokenAt = world.clock.now();
    await world.run(record.deploy.id, ({ state }) => state === 'verifying');
    const good = async () => (await world.store.knownGood({ service: world.service, environment: 'production' }, 5)).map((t) => t.version);
    expect(await good()).toEqual(['v1']);
    expect(await world.run(record.deploy.id)).toMatchObject({ didNotHelp: true });
    expect(await good()).toEqual(['v1', 'v2']);
  });

  test('is put forward in one call: same hook, attempts, timeline and notice; the release is not known-good afterwards', async () => {
    const shop = await rolledBack();
    const { world, id, heal } = shop;
    const ordered = await forward(shop);
    expect(ordered.bake).toMatchObject({ state: 'rolling_back', order: { id: `${id}:${id}:1`, target: { deployId: id, version: 'v2' } } });
    await world.work();
    expect(world.platform.performed.map(({ from, target }) => [from.version, target.version])).toEqual([
      ['v2', 'v1'],
      ['v1', 'v2'],
    ]);
    expect(world.platform.running()).toBe('v2');
    heal();
    expect(await world.run(id)).toMatchObject({ state: 'inconclusive', forwards: 1 });
    await world.work();
    expect(world.told().slice(-2)).toEqual(['rolled_forward', 'recovered']);
    expect(await world.story(id)).toEqual(expect.arrayContaining(['rolling_forward', 'hook_started', 'hook_ended']));
    const entry = (await world.store.timeline(id)).find(({ kind }) => kind === 'rolling_forward');
    expect(entry).toMatchObject({ by: 'ana', text: 'rolling forward to v2: roll forward requested by ana: v1 is as bad' });
    expect((await world.store.attempts(id)).at(-1)).toMatchObject({ orderId: `${id}:${id}:1`, outcome: 'succeeded' });
    expect((await world.store.knownGood(placeOf(shop), 5)).map(({ version }) => version)).toEqual(['v1']);
  });

  test('a repeated call changes nothing, while it is under way and when it has ended', async () => {
    const shop = await rolledBack();
    const first = await forward(shop);
    expect(await forward(shop)).toEqual(first);
    shop.heal();
    await shop.world.run(shop.id);
    await shop.world.work();
    const ended = await shop.world.recordOf(shop.id);
    expect(await forward(shop)).toEqual(ended);
    expect(shop.world.platform.performed).toHaveLength(2);
  });

  test('the next bad deploy goes back to the known-good release, and not to the one that was put forward', async () => {
    const shop = await rolledBack();
    await forward(shop);
    shop.heal();
    await shop.world.run(shop.id);
    shop.world.clock.advance(60_000);
    const { record } = await shop.world.release('v3');
    const asked = { id: record.deploy.id, by: 'ana', at: shop.world.clock.now(), why: 'v3 is bad' };
    expect((await rollBack(shop.world.store, asked)).bake).toMatchObject({ order: { target: { version: 'v1' } } });
  });

  test('a person can roll back again afterwards, with an order of its own that acts', async () => {
    const shop = await rolledBack();
    const { world, id } = shop;
    await forward(shop);
    shop.heal();
    await world.run(id);
    const again = await rollBack(world.store, { id, by: 'ana', at: world.clock.now(), why: 'after all' });
    expect(again.bake).toMatchObject({ state: 'rolling_back', order: { target: { version: 'v1' } } });
    expect(await world.run(id)).toMatchObject({ state: 'rolled_back', forwards: 1 });
    expect((await world.recordOf(id)).bake.didNotHelp).toBeUndefined();
    expect(new Set(world.platform.performed.map((order) => order.id)).size).toBe(3);
    expect(world.platform.running()).toBe('v1');
  });

  test('a release that fails its checks after a roll forward needs a person, and still runs', async () => {
    const shop = await rolledBack();
    await forward(shop);
    const bake = await shop.world.run(shop.id);
    expect(bake).toMatchObject({ state: 'failed', rolledBack: 'no', didNotHelp: true });
    expect('reasons' in bake && bake.reasons[0]).toBe('rolled forward, but the checks still fail');
    expect(await forward(shop)).toMatchObject({ bake });
  });

  test('a roll forward that fails can be ordered again, and then acts', async () => {
    const shop = await rolledBack({ acts: ['works', 'refused', 'works'] });
    await forward(shop);
    await shop.world.work();
    const { bake } = await shop.world.recordOf(shop.id);
    expect(bake).toMatchObject({ state: 'failed', rolledBack: 'yes', rolledBackTo: { version: 'v1' } });
    expect('reasons' in bake && bake.reasons[0]).toBe('the roll forward to v2 failed: the platform was refused');
    await forward(shop);
    await shop.world.work();
    expect(shop.world.platform.running()).toBe('v2');
  });
});

describe('what holds a roll forward', () => {
  test.for([true, false])('a release that was bad, and whose rollback helped, needs a confirmation: %s', async (confirm) => {
    const shop = await rolledBack({ both: false });
    expect((await shop.world.recordOf(shop.id)).bake.state).toBe('rolled_back');
    if (confirm) {
      const { bake } = await forward(shop, true);
      expect(bake).toMatchObject({ state: 'rolling_back', order: { target: { version: 'v2' } } });
      expect('order' in bake && bake.order.reasons[1]).toMatch(/^confirmed by ana: this release was rolled back/);
    } else {
      await expect(forward(shop)).rejects.toMatchObject({ code: 'conflict', message: expect.stringMatching(/nothing shows .*--confirm/) });
      expect(shop.world.platform.running()).toBe('v1');
    }
  });

  test('a release that was bad stays no target of automatic orders after a roll forward', async () => {
    const world = createWorld(database.store, { bad: (version, at) => (at > brokenAt && version === 'v2' ? 60 : 1) });
    let brokenAt = Number.POSITIVE_INFINITY;
    await world.release('v2', { adopted: true });
    world.clock.advance(60_000);
    await world.release('v1', { adopted: true });
    world.clock.advance(60_000);
    const { record } = await world.release('v2');
    brokenAt = world.clock.now();
    const id = record.deploy.id;
    expect((await world.run(id)).state).toBe('rolled_back');
    brokenAt = Number.POSITIVE_INFINITY;
    await forward({ world, id, heal: () => {} }, true);
    expect((await world.run(id)).state).toBe('inconclusive');
    const good = await world.store.knownGood({ service: world.service, environment: 'production' }, 5);
    expect(good.map(({ version }) => version)).toEqual(['v1']);
  });

  test('a freeze is named, and a person overrides it knowingly', async () => {
    const shop = await rolledBack();
    const { world } = shop;
    await world.store.setFreeze({ service: world.service, by: 'bo', why: 'a sale', since: world.clock.now() });
    await expect(forward(shop)).rejects.toMatchObject({ message: expect.stringContaining(`${world.service} is frozen by bo (a sale)`) });
    expect((await forward(shop, true)).bake.state).toBe('rolling_back');
    await world.store.liftFreeze(world.service, world.clock.now());
  });

  test('a newer deploy holds it, also with a confirmation', async () => {
    const shop = await rolledBack();
    shop.world.clock.advance(60_000);
    await shop.world.release('v3');
    await expect(forward(shop, true)).rejects.toMatchObject({
      message: expect.stringMatching(/^not rolled forward: v3 was deployed after it/),
    });
  });

  test('a deploy that was not rolled back has nothing to put forward', async () => {
    const world = createWorld(database.store);
    const { record } = await world.release('v2');
    const shop = { world, id: record.deploy.id, heal: () => {} };
    await expect(forward(shop, true)).rejects.toMatchObject({
      message: 'only a deploy that was rolled back can be rolled forward; the bake is warming',
    });
  });
});
