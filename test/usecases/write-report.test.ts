import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeReport } from '../../src/usecases/write-report.ts';
import { step } from '../support/builders.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';
import { createWorld, type World, type WorldOptions } from '../support/world.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.close());

function aWorld(options: WorldOptions = {}): World {
  return createWorld(database.store, { bad: (version) => (version === 'v2' ? 50 : 1), ...options });
}

/** Registers a deploy of a release with a commit, and lets a tick pass. */
async function release(world: World, version: string, rest: Parameters<World['release']>[1] = {}): Promise<string> {
  const { id } = (await world.release(version, { release: { version, commit: `commit-of-${version}`, metadata: {} }, ...rest })).record
    .deploy;
  world.clock.advance(step);
  return id;
}

const adopt = { adopted: true, registeredBy: 'ana' };
const reportOf = (world: World, id: string) => writeReport(database.store, id, world.clock.now());

describe('the report compares a release with the one that was known good before it', () => {
  test.for<{ name: string; options?: WorldOptions; version: string; until: string; from: string }>([
    { name: 'of a release that passed: the one it replaced', version: 'v1.1', until: 'passed', from: 'v1 commit-of-v1' },
    { name: 'of a bake that goes on', version: 'v1.1', until: 'baking', from: 'v1 commit-of-v1' },
    {
      name: 'of a release that was rolled back: the target, whatever was known good at its registration',
      options: { plan: { knownGood: 'v0' } },
      version: 'v2',
      until: 'rolled_back',
      from: 'v1 commit-of-v1',
    },
    {
      name: 'of a release that waits for approval: the target, whatever was known good at its registration',
      options: { plan: { onFailure: 'approve', knownGood: 'v0' } },
      version: 'v2',
      until: 'awaiting_approval',
      from: 'v1 commit-of-v1',
    },
    {
      name: 'of one that is not among the older deploys: its version alone',
      options: { plan: { knownGood: 'v0' } },
      version: 'v1.1',
      until: 'passed',
      from: 'v0 null',
    },
  ])('$name', async ({ options, version, until, from }) => {
    const world = aWorld(options);
    await release(world, 'v1', adopt);
    const id = await release(world, version);
    await world.run(id, ({ state }) => state === until);
    const { change, bake } = await reportOf(world, id);
    expect([bake.state, `${change.from?.version} ${change.from?.commit}`]).toEqual([until, from]);
    expect(change.to).toEqual({ version, commit: `commit-of-${version}` });
  });

  test('the first release of a service has none', async () => {
    const world = aWorld();
    const id = await release(world, 'v1');
    expect((await reportOf(world, id)).change.from).toBeNull();
  });

  test('what became known good later does not change the report', async () => {
    const world = aWorld();
    await release(world, 'v1', adopt);
    const id = await release(world, 'v1.1');
    await world.run(id);
    await release(world, 'v1.2', adopt);
    expect((await reportOf(world, id)).change.from?.version).toBe('v1');
  });

  test('a deploy of the same version in another environment, or a newer one, is not taken for it', async () => {
    const world = aWorld({ plan: { knownGood: 'v0' } });
    await release(world, 'v0', { ...adopt, environment: 'staging' });
    const id = await release(world, 'v1.1');
    await release(world, 'v0', adopt);
    expect((await reportOf(world, id)).change.from).toEqual({ version: 'v0', commit: null });
  });
});

test('a report before the end says so, and one after the end is final', async () => {
  const world = aWorld();
  await release(world, 'v1', adopt);
  const id = await release(world, 'v1.1');
  await world.run(id, ({ state }) => state === 'baking');
  expect(await reportOf(world, id)).toMatchObject({ isFinal: false, at: world.clock.now() });
  await world.run(id);
  expect(await reportOf(world, id)).toMatchObject({ isFinal: true, at: world.clock.now() });
});

test('there is no report of a deploy that does not exist', async () => {
  await expect(writeReport(database.store, 'nothing', 0)).rejects.toMatchObject({
    code: 'not_found',
    message: 'there is no deploy nothing',
  });
});
