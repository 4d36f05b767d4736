import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Plan } from '../../src/core/bake/plan.ts';
import type { Judgement } from '../../src/core/judge/judgement.ts';
import { commitPass } from '../../src/scheduler/commit-pass.ts';
import { createQuietCommits } from '../../src/scheduler/quiet-commits.ts';
import { aCheck, aCondition, leaning, quiet, step } from '../support/builders.ts';
import { aDatabase, silentLog, type TestDatabase } from '../support/database.ts';
import { createWorld, type World, type WorldOptions } from '../support/world.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.close());

/** Releases a version, and ends its bake with this judgement at its limit. */
async function endUndecided(world: World, version: string, judgement: Exclude<Judgement, { kind: 'unhealthy' }>) {
  const { record } = await world.release(version);
  const { id } = record.deploy;
  const bake = await world.run(id, ({ state }) => state === 'baking');
  if (bake.state !== 'baking') throw new Error(`the bake is ${bake.state}`);
  world.clock.set(bake.limitAt + 5_000);
  const event = { type: 'judged', at: world.clock.now(), until: bake.limitAt, judgement } as const;
  const deps = { store: world.store, log: silentLog };
  const quiet = createQuietCommits(deps, { waitMs: 0, max: 1 });
  await commitPass({ ...deps, spread: async () => 0, quiet }, await world.recordOf(id), { event, measurements: [] });
  return await world.recordOf(id);
}

function aWorld(plan: Partial<Plan>, options: WorldOptions = {}): World {
  return createWorld(database.store, { bad: (version) => (version === 'v2' ? 50 : 1), plan, ...options });
}

describe('a bake that is undecided at its limit', () => {
  test('is rolled back by the rules, with the facts that are read when that is committed', async () => {
    const world = aWorld({ whenUndecided: 'roll_back' });
    await world.release('v1', { adopted: true });
    world.clock.advance(step);
    const { bake, deploy } = await endUndecided(world, 'v3', leaning);
    expect(bake).toMatchObject({ state: 'rolling_back', order: { target: { version: 'v1' } } });
    expect(await world.run(deploy.id)).toMatchObject({ state: 'rolled_back' });
    expect(world.told()).toEqual(['started', 'unhealthy', 'rolled_back', 'recovered']);
  });

  test('is not rolled back by the rules while a freeze holds', async () => {
    const world = aWorld({ whenUndecided: 'roll_back' });
    await world.release('v1', { adopted: true });
    await world.store.setFreeze({ service: world.service, by: 'ana', why: 'a sale', since: world.clock.now() });
    expect((await endUndecided(world, 'v3', leaning)).bake).toMatchObject({ state: 'failed', rolledBack: 'no' });
    expect(world.platform.performed).toEqual([]);
  });

  test('passes by the rules, and is known-good then', async () => {
    const world = aWorld({ whenUndecided: 'pass' });
    expect((await endUndecided(world, 'v1', quiet)).bake).toMatchObject({ state: 'passed', confidence: 'low' });
    expect(await world.store.knownGood({ service: world.service, environment: 'production' }, 1)).toMatchObject([{ version: 'v1' }]);
  });

  test('stays in place where nobody can tell whether that is safe: silence is never passed or rolled back', async () => {
    for (const whenUndecided of ['pass', 'roll_back'] as const) {
      const world = aWorld({ whenUndecided }, { bad: () => null });
      await world.release('v1', { adopted: true });
      world.clock.advance(step);
      const { record } = await world.release('v3');
      expect(await world.run(record.deploy.id)).toMatchObject({ state: 'inconclusive' });
      expect(world.platform.performed).toEqual([]);
    }
  });
});

test('a held release with nothing against it is the target of the next one, and is called unverified', async () => {
  const world = aWorld({});
  const held = await endUndecided(world, 'v1', quiet);
  expect(held.bake).toMatchObject({ state: 'inconclusive', isClean: true });
  await world.work();
  world.clock.advance(step);
  const { record } = await world.release('v2');
  const bake = await world.run(record.deploy.id);
  expect(bake).toMatchObject({ state: 'rolled_back', order: { target: { version: 'v1', fingerprint: 'v1', isUnverified: true } } });
  expect(world.platform.performed).toMatchObject([{ target: { version: 'v1' } }]);
  const texts = (await world.store.timeline(record.deploy.id)).map(({ text }) => text);
  expect(texts).toContainEqual(expect.stringContaining('rolling back to v1 (unverified): '));
  expect(texts.at(-1)).toMatch(/^rolled back to v1 \(unverified\) because of .*; the service has recovered$/);
});

test('a recovery that no check can measure is not claimed', async () => {
  const failWhen = [aCondition('threshold', { above: 0.1 }), aCondition('regression', {})];
  const world = aWorld({}, { ruleSet: { checks: [aCheck({ failWhen })], baseline: { historyMs: 0, like: [], timezone: 'UTC' } } });
  await world.release('v1', { adopted: true });
  world.clock.advance(step);
  const { record } = await world.release('v2');
  expect(await world.run(record.deploy.id)).toMatchObject({
    state: 'rolled_back',
    unconfirmed: [expect.stringContaining('partly judged')],
  });
  expect(world.told()).toEqual(['started', 'unhealthy', 'rolled_back', 'inconclusive']);
});
