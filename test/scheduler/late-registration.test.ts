import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadDetails } from '../../src/usecases/view-deploy.ts';
import { deployPage } from '../../src/web/deploy-page.ts';
import { aCheck, aCondition, step } from '../support/builders.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';
import { createWorld, type WorldOptions } from '../support/world.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.close());

const lateMs = 40 * step;

/** A service that runs `v1`. `v2` is bad; it runs for ten minutes before it is registered, because the server was away. */
async function afterAnOutage(options: WorldOptions = {}) {
  const world = createWorld(database.store, { bad: (version) => (version === 'v2' ? 50 : 1), ...options });
  await world.release('v1', { adopted: true });
  world.clock.advance(step);
  const deployedAt = world.clock.now();
  world.deploy('v2');
  world.clock.advance(lateMs);
  return { world, deployedAt };
}

describe('a deploy that is registered ten minutes late', () => {
  test('and says so is rolled back: what was bad in between is its own', async () => {
    const { world, deployedAt } = await afterAnOutage();
    const { record } = await world.release('v2', { deployedAt });
    expect(await world.run(record.deploy.id)).toMatchObject({ state: 'rolled_back', deployedAt, order: { target: { version: 'v1' } } });
  });

  test('and says nothing seems to have been bad before', async () => {
    const { world } = await afterAnOutage();
    const { record } = await world.release('v2');
    const bake = await world.run(record.deploy.id);
    expect(bake).toMatchObject({ state: 'failed', reasons: [expect.anything(), expect.stringContaining('already unhealthy before')] });
  });

  test('is not rolled back where it was as bad before the deploy itself', async () => {
    const { world, deployedAt } = await afterAnOutage({ bad: () => 50 });
    const { record } = await world.release('v2', { deployedAt });
    const bake = await world.run(record.deploy.id);
    expect(bake).toMatchObject({ state: 'failed', reasons: [expect.anything(), expect.stringContaining('already unhealthy before')] });
  });

  test('is compared with the past before the deploy', async () => {
    const relative = aCheck({ failWhen: [aCondition('relative', { to: { kind: 'before' }, more_than: 1 })] });
    const { world, deployedAt } = await afterAnOutage({ ruleSet: { checks: [relative] } });
    const { record } = await world.release('v2', { deployedAt });
    expect(await world.run(record.deploy.id)).toMatchObject({ state: 'rolled_back' });
    const [past] = await world.store.histories(record.deploy.id);
    const { startAt = 0, stepMs = 0, ticks } = past?.stretch ?? {};
    expect(startAt + stepMs * (ticks?.kind === 'ratio' ? ticks.bad.length : 0)).toBe(deployedAt);
  });

  test('has warmed up already, and is watched from its registration for the whole time', async () => {
    const { world, deployedAt } = await afterAnOutage({ bad: () => 1 });
    const { record } = await world.release('v2', { deployedAt });
    const { registeredAt } = record.deploy;
    const bake = await world.run(record.deploy.id, ({ state }) => state === 'baking');
    expect(bake).toMatchObject({ from: registeredAt, endsAt: registeredAt + 8 * step });
    expect(await world.run(record.deploy.id)).toMatchObject({ state: 'passed' });
  });

  test('shows by how much, on its page and in its timeline', async () => {
    const { world, deployedAt } = await afterAnOutage();
    const { record } = await world.release('v2', { deployedAt });
    const words = '10m after the deploy: the time between them is the release’s own, and is not counted as the time before it';
    const view = await loadDetails(world.store, record.deploy.id);
    expect(view.timeline[0]?.text).toBe(`v2 was registered, ${words}`);
    expect(String(await deployPage(view, { viewer: { caller: null, theme: null }, now: world.clock.now() }))).toContain(words);
  });

  test('by a few seconds says nothing of it', async () => {
    const { world } = await afterAnOutage();
    const { record } = await world.release('v2', { deployedAt: world.clock.now() - 20_000 });
    expect((await world.store.timeline(record.deploy.id))[0]?.text).toBe('v2 was registered');
  });
});
