import { expect, test } from 'vitest';
import type { Bake } from '../../src/core/bake/bake.ts';
import type { Target } from '../../src/core/bake/deploy.ts';
import type { Facts } from '../../src/core/bake/facts.ts';
import { commitOf, type DeployOptions, register, start } from '../store/fixtures.ts';
import { type Both, fresh } from './store-replicas.ts';

/** What `BakeStore.update` reads for the guards about the other deploys. */
export function facts(both: Both): void {
  const store = () => both().store;
  const factsOf = async (id: string, passedOver?: readonly Target[]) => {
    const seen: { facts?: Facts } = {};
    await store().update(id, null, async (_, facts) => {
      seen.facts = await facts(passedOver);
      return { ok: false, refusal: 'only looking' };
    });
    return seen.facts;
  };
  const placed = (service: string, i: number, rest: DeployOptions = {}) => ({
    service,
    version: `v${i}`,
    registeredAt: start + i,
    ...rest,
  });

  test('irreversible migrations count after the known-good deploy, up to this one', async () => {
    const service = fresh();
    const irreversible = { migrations: 'irreversible' } as const;
    const add = async (i: number, state: Bake['state'], rest: DeployOptions = {}) =>
      (await factsOf((await register(store(), placed(service, i, rest), state)).deploy.id))?.irreversible;
    expect(await add(1, 'canceled', irreversible)).toBeNull();
    expect(await add(2, 'passed', irreversible)).toBeNull();
    expect(await add(3, 'canceled')).toBeNull();
    expect(await add(4, 'superseded', irreversible)).toBe('v4');
    expect(await add(5, 'baking')).toBe('v4');
    expect(await add(6, 'baking', { ...irreversible, environment: 'staging' })).toBeNull();
  });

  test('rollbacks of other deploys of the place, newest first', async () => {
    const service = fresh();
    for (const [i, at] of [start + 50, start + 70].entries()) {
      const { deploy } = await register(store(), placed(service, i));
      await store().appendTimeline(deploy.id, { at, kind: 'rolling_back', by: 'bakewatch', text: 'rolling back' });
      await store().appendTimeline(deploy.id, { at, kind: 'verifying', by: 'bakewatch', text: 'back' });
    }
    const { deploy } = await register(store(), placed(service, 9));
    expect((await factsOf(deploy.id))?.rollbacks).toEqual([start + 70, start + 50]);
    const { deploy: elsewhere } = await register(store(), placed(fresh(), 9));
    expect((await factsOf(elsewhere.id))?.rollbacks).toEqual([]);
  });

  test('a rollback of the deploy itself does not count', async () => {
    const { deploy } = await register(store(), placed(fresh(), 1));
    await store().appendTimeline(deploy.id, { at: start, kind: 'rolling_back', by: 'bakewatch', text: 'rolling back' });
    expect((await factsOf(deploy.id))?.rollbacks).toEqual([]);
  });

  test('the newest known-good release that is not passed over', async () => {
    const service = fresh();
    const add = async (i: number, version: string, state: Bake['state'], rest: DeployOptions = {}) =>
      (await register(store(), placed(service, i, { version, ...rest }), state)).deploy.id;
    await add(1, 'v1', 'passed');
    await add(2, 'v2', 'passed', { migrations: 'irreversible' });
    await add(3, 'v2', 'passed');
    await add(4, 'v3', 'failed');
    await add(5, 'v4', 'passed');
    const asking = await add(6, 'v5', 'rolling_back');
    const targetBefore = async (...versions: readonly string[]) => {
      const facts = await factsOf(
        asking,
        versions.map((version) => ({ deployId: 'any', version })),
      );
      return [facts?.knownGood?.version ?? null, facts?.irreversible ?? null];
    };
    expect(await targetBefore()).toEqual(['v4', null]);
    expect(await targetBefore('v4')).toEqual(['v2', null]);
    expect(await targetBefore('v4', 'v2')).toEqual(['v1', 'v2']);
    expect(await targetBefore('v4', 'v2', 'v1')).toEqual([null, null]);
  });

  test('other services of the environment whose newest deploy was condemned', async () => {
    const environment = fresh();
    const [bad, healed, good, own] = [fresh(), fresh(), fresh(), fresh()];
    const add = (service: string, i: number, state: Bake['state'], where = environment) =>
      register(store(), placed(service, i, { environment: where }), state);
    await add(bad, 1, 'rolled_back');
    await add(healed, 1, 'failed');
    await add(healed, 2, 'passed');
    await add(good, 1, 'baking');
    await add(fresh(), 1, 'rolled_back', fresh());
    await add(own, 1, 'failed');
    const { deploy } = await add(own, 2, 'baking');
    expect((await factsOf(deploy.id))?.others.map(({ service }) => service)).toEqual([bad]);
  });

  /** Registers deploys one second apart and returns what replaced the first one. */
  const replacing = async (later: readonly Bake['state'][], rolledBack: 'no' | 'yes' | 'unknown' = 'no') => {
    const service = fresh();
    const first = await register(both().store, { service }, 'passed');
    const other = await register(both().store, { service, environment: 'staging', registeredAt: start + 9_000 }, 'passed');
    for (const [i, state] of later.entries()) {
      const { deploy, bake } = await register(
        both().store,
        { service, version: `v${i + 2}`, registeredAt: start + (i + 1) * 1_000 },
        state,
      );
      if (bake.state !== 'failed') continue;
      const next: Bake = { ...bake, rolledBack };
      await both().store.update(deploy.id, null, () => ({ ok: true, ...commitOf(next) }));
    }
    let seen: Facts['replacedBy'] = null;
    await both().store.update(first.deploy.id, null, async (_, facts) => {
      seen = (await facts()).replacedBy;
      return { ok: false, refusal: 'only looking' };
    });
    expect(seen).not.toMatchObject({ deployId: other.deploy.id });
    return seen;
  };

  test.for(['warming', 'baking', 'awaiting_approval', 'rolling_back', 'verifying', 'passed', 'inconclusive', 'failed'] as const)(
    'a newer deploy that is %s replaces it',
    async (state) => {
      expect(await replacing(['passed', state])).toEqual({ deployId: expect.any(String), version: 'v3' });
    },
  );
  test('a newer deploy that was rolled back, or whose bake does not show what runs, does not replace it', async () => {
    expect(await replacing([])).toBeNull();
    expect(await replacing(['superseded', 'canceled', 'rolled_back'])).toBeNull();
    expect(await replacing(['failed'], 'yes')).toBeNull();
    expect(await replacing(['failed'], 'unknown')).toBeNull();
  });
}
