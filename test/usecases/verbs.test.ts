import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AppError } from '../../src/core/base/errors.ts';
import { approve, cancel, extend, finish, pass, rollBack } from '../../src/usecases/intervene.ts';
import { nextAtOf, step, t0 } from '../support/builders.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';
import { createWorld, type World } from '../support/world.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.close());

/** A service that runs `v1`, which a person vouched for. `v2` and `v3` are bad. */
async function aWorld(): Promise<World> {
  const world = createWorld(database.store, { bad: (version) => (version === 'v2' || version === 'v3' ? 50 : 1) });
  await world.release('v1', { adopted: true, registeredBy: 'ana' });
  world.clock.advance(step);
  return world;
}

describe('a registration', () => {
  test('ends the bake of the release before', async () => {
    const world = await aWorld();
    const older = (await world.release('v1.1')).record.deploy.id;
    await world.run(older, ({ state }) => state === 'baking');
    const newer = (await world.release('v1.2')).record.deploy.id;
    expect((await world.recordOf(older)).bake).toMatchObject({ state: 'superseded', by: newer });
    expect(await world.run(newer)).toMatchObject({ state: 'passed' });
  });

  test('that comes late ends no bake of a deploy that went out later', async () => {
    const world = await aWorld();
    const newer = (await world.release('v1.2')).record.deploy.id;
    const { bake } = (await world.run(newer, ({ state }) => state === 'baking')) && (await world.recordOf(newer));
    const late = await world.release('v1.1', { deployedAt: (bake.deployedAt ?? 0) - step });
    const { id } = late.record.deploy;
    expect(await world.recordOf(id)).toMatchObject({ bake: { state: 'superseded', by: newer } });
    expect(await world.store.timeline(id)).toMatchObject([
      { kind: 'registered', text: 'v1.1 was registered late' },
      {
        kind: 'superseded',
        text: expect.stringMatching(/^v1\.2 went out later, at .*: v1\.1 is recorded as superseded by it, and is not watched$/),
      },
    ]);
    expect(await world.run(newer)).toMatchObject({ state: 'passed' });
    const [place] = (await world.store.services()).filter(({ service }) => service === world.service);
    expect(place?.latest.deploy.id).toBe(newer);
    // The later deploy has ended, and runs on.
    const later = await world.release('v1.1', { deployedAt: (bake.deployedAt ?? 0) - step });
    expect(later.record.bake).toMatchObject({ state: 'superseded', by: newer });
  });

  test('that comes late ends the bake of a deploy that went out before it', async () => {
    const world = await aWorld();
    const older = (await world.release('v1.1')).record.deploy.id;
    world.clock.advance(4 * step);
    const { record } = await world.release('v1.2', { deployedAt: world.clock.now() - step });
    expect(record.bake.state).toBe('warming');
    expect((await world.recordOf(older)).bake).toMatchObject({ state: 'superseded', by: record.deploy.id });
  });

  test('that comes late is watched where the later deploy was canceled', async () => {
    const world = await aWorld();
    const newer = (await world.release('v1.2')).record.deploy.id;
    world.clock.advance(step);
    await cancel(world.store, { id: newer, by: 'ana', at: world.clock.now() });
    const { record } = await world.release('v1.1', { deployedAt: world.clock.now() - 2 * step });
    expect(record.bake.state).toBe('warming');
  });

  async function rollingBack() {
    const world = await aWorld();
    const { id } = (await world.release('v2')).record.deploy;
    while ((await world.recordOf(id)).bake.state !== 'rolling_back') {
      world.clock.set(nextAtOf((await world.recordOf(id)).bake));
      await world.look(await world.recordOf(id));
    }
    return { world, id };
  }

  test('during a rollback is refused with the reason, unless it is forced', async () => {
    const { world, id } = await rollingBack();
    await expect(world.release('v3')).rejects.toThrow(
      `a rollback is under way for ${world.service} in production (deploy ${id}, v2); wait until it has ended, or use force`,
    );
    const { record } = await world.release('v3', { force: true });
    expect([record.bake.state, (await world.recordOf(id)).bake.state]).toEqual(['warming', 'rolling_back']);
  });

  test('of the rollback that we ordered attaches to its bake', async () => {
    const { world, id } = await rollingBack();
    const { record, isNew } = await world.release('v1', { cause: { kind: 'rollback' } });
    expect([record.deploy.id, isNew]).toEqual([id, false]);
    expect(await world.story(id)).toContain('rollback_registered');
    expect(await world.run(id)).toMatchObject({ state: 'rolled_back' });
  });

  test('that is said twice is true once', async () => {
    const world = await aWorld();
    const first = await world.release('v1.1', { key: `${world.service}-7` });
    const again = await world.release('v1.1', { key: `${world.service}-7` });
    expect([again.record.deploy.id, again.isNew]).toEqual([first.record.deploy.id, false]);
    await expect(world.release('v1.1', { key: `${world.service}-7`, hash: 'other' })).rejects.toThrow(/same idempotency key/);
  });

  test('of a deploy that only started is not judged before it has finished', async () => {
    const world = await aWorld();
    const { record } = await world.release('v1.1', { phase: 'started' });
    world.clock.advance(10 * step);
    await world.look(await world.recordOf(record.deploy.id));
    expect((await world.recordOf(record.deploy.id)).bake).toMatchObject({ state: 'warming', deployedAt: null });
    const said = { id: record.deploy.id, by: 'ci', at: world.clock.now() };
    await finish(world.store, said);
    expect((await finish(world.store, { ...said, at: said.at + 5 })).bake).toMatchObject({ deployedAt: said.at });
    expect(await world.run(record.deploy.id)).toMatchObject({ state: 'passed' });
  });
});

describe('a person', () => {
  const by = 'ana';

  test('who passes a release makes it known-good', async () => {
    const world = createWorld(database.store, { bad: (version) => (version === 'v2' ? 50 : 1) });
    const { id } = (await world.release('v1')).record.deploy;
    await world.work();
    await pass(world.store, { id, by, at: world.clock.now(), why: 'looks fine' });
    await world.work();
    world.clock.advance(step);
    await world.run((await world.release('v2')).record.deploy.id);
    expect(world.platform.performed).toMatchObject([{ target: { version: 'v1', fingerprint: 'v1' } }]);
  });

  test('who asks for a rollback gets one, although all is well and everything is frozen', async () => {
    const world = await aWorld();
    const { id } = (await world.release('v1.1')).record.deploy;
    await world.run(id);
    await world.store.setFreeze({ service: world.service, by, why: 'a holiday', since: t0 });
    await rollBack(world.store, { id, by, at: world.clock.now(), why: 'a wrong price' });
    expect(await world.run(id)).toMatchObject({ state: 'rolled_back', order: { target: { version: 'v1' } } });
  });

  test('who asks for a rollback of what does not run any more is told which deploy runs', async () => {
    const world = await aWorld();
    const older = (await world.release('v1.1')).record.deploy.id;
    await world.run(older);
    const newer = (await world.release('v1.2')).record.deploy.id;
    await world.run(newer);
    const asked = { by, at: world.clock.now(), why: 'an old message' };
    await expect(rollBack(world.store, { id: older, ...asked })).rejects.toThrow(
      `not rolled back: v1.2 was deployed after it; request a rollback of that deploy (${newer})`,
    );
    await rollBack(world.store, { id: newer, ...asked });
    await world.run(newer);
    await rollBack(world.store, { id: older, ...asked });
    await world.run(older);
    expect(world.platform.performed.map(({ from, target }) => `${from.version} → ${target.version}`)).toEqual(['v1.2 → v1.1', 'v1.1 → v1']);
  });

  test('who extends a bake has it watched for longer', async () => {
    const world = await aWorld();
    const { id } = (await world.release('v1.1')).record.deploy;
    await world.run(id, ({ state }) => state === 'baking');
    await extend(world.store, { id, by, at: world.clock.now(), byMs: 3 * step });
    await world.run(id);
    expect(await world.store.measurements(id)).toHaveLength(11);
  });

  test.for([
    { name: 'cannot cancel what has ended', ask: cancel, words: /^the bake is passed$/ },
    { name: 'cannot approve what nobody asked', ask: approve, words: /nothing waits for approval/ },
  ])('$name', async ({ ask, words }) => {
    const world = await aWorld();
    const { id } = (await world.release('v1.1')).record.deploy;
    await world.run(id);
    await expect(ask(world.store, { id, by, at: world.clock.now() })).rejects.toThrow(words);
  });

  test('who names no deploy hears so', async () => {
    const error = await cancel(database.store, { id: 'nothing', by, at: t0 }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code: 'not_found', message: 'there is no deploy nothing' });
  });
});
