import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EffectError } from '../../src/core/base/errors.ts';
import type { Fingerprint } from '../../src/ports/hook.ts';
import { adoptRelease } from '../../src/usecases/adopt-release.ts';
import { aDeploy, aPlan, aRuleSet, step } from '../support/builders.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';
import { createWorld } from '../support/world.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.close());

/** A service whose hook says what runs. `v1` was adopted before. */
async function aPlace(whatRuns: () => Promise<Fingerprint>, { hasHook = true } = {}) {
  const world = createWorld(database.store);
  await world.release('v1', { adopted: true });
  world.clock.advance(step);
  const { store, service } = world;
  const ruleSet = aRuleSet({ service, ...(!hasHook && { rollback: null }) });
  const deps = { store, ruleSetFor: () => ruleSet, planFor: () => aPlan({}), whatRuns };
  const adopt = async (version: string, force = false) => {
    world.clock.advance(1_000);
    const release = { version, metadata: {} };
    const deploy = aDeploy({ id: randomUUID(), service, release, registeredAt: world.clock.now(), registeredBy: 'ana', adopted: true });
    return await adoptRelease(deps, { deploy, force });
  };
  const newest = async () => (await store.knownGood({ service, environment: 'production' }, 1))[0]?.version;
  return { adopt, newest, story: async (id: string) => (await store.timeline(id)).map(({ by, text }) => `${by}: ${text}`) };
}

describe('adopting a release', () => {
  test('that runs needs no note', async () => {
    const { adopt, newest } = await aPlace(async () => 'v2');
    expect(await adopt('v2')).toMatchObject({ running: 'v2', note: null });
    expect(await newest()).toBe('v2');
  });

  test.for(['v1', 'shop:v31 (template 3f2a91c04b77)'])('is refused where %s runs, and changes nothing', async (running) => {
    const { adopt, newest } = await aPlace(async () => running);
    await expect(adopt('v999')).rejects.toMatchObject({
      code: 'conflict',
      message: `deployer says that ${running} is running in production, not v999; adopt the release that runs, or use force if that is v999 under another name`,
    });
    expect(await newest()).toBe('v1');
  });

  test('twice makes one deploy, until something else is adopted', async () => {
    let running = 'v2';
    const { adopt } = await aPlace(async () => running);
    const first = await adopt('v2');
    expect(first.isNew).toBe(true);
    const again = await adopt('v2');
    expect([again.isNew, again.record.deploy.id]).toEqual([false, first.record.deploy.id]);
    running = 'v3';
    expect(await adopt('v3')).toMatchObject({ isNew: true });
    running = 'v2';
    expect(await adopt('v2')).toMatchObject({ isNew: true });
  });

  test('that another name hides can be forced, and the timeline says so', async () => {
    const { adopt, newest, story } = await aPlace(async () => 'shop:31 (template 3f2a91c04b77)');
    const { record, note } = await adopt('v31', true);
    expect(note).toMatch(/^deployer says that shop:31 .*, not v31; v31 was adopted by force$/);
    expect(await newest()).toBe('v31');
    expect(await story(record.deploy.id)).toEqual(['ana: v31 was adopted', `ana: ${note}`]);
  });

  test.for<{ name: string; whatRuns: () => Promise<Fingerprint>; hasHook?: boolean; says: string }>([
    {
      name: 'a mark without a version',
      whatRuns: async () => '/srv/2026',
      says: '/srv/2026 is running, and nothing in that says whether it is v2',
    },
    {
      name: 'a hook that cannot ask',
      whatRuns: async () => null,
      says: 'it was not checked that v2 is running: deployer has no way to ask',
    },
    {
      name: 'a platform that is away',
      whatRuns: () => Promise.reject(new EffectError('unreachable', 'the host is down')),
      says: 'it was not checked that v2 is running: deployer could not ask: the host is down',
    },
    {
      name: 'rules without a hook',
      whatRuns: () => Promise.reject(new Error('nobody asks')),
      hasHook: false,
      says: 'it was not checked that v2 is running: the rules name no rollback hook',
    },
  ])('with $name is done, with a note', async ({ whatRuns, hasHook, says }) => {
    const { adopt, newest } = await aPlace(whatRuns, { hasHook });
    expect((await adopt('v2')).note).toBe(says);
    expect(await newest()).toBe('v2');
  });
});
