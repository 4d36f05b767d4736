import { describe, expect, test } from 'vitest';
import { rollBack } from '../../src/usecases/intervene.ts';
import { aDeploy, aRegistration, bakeIn, commitOf, plan, register, start } from '../store/fixtures.ts';
import { createFakeHook } from '../support/fake-hook.ts';
import { effectsOn, fresh, work } from './fixtures.ts';

const { dispatch, store } = effectsOn();

describe('an order to return to a release that is gone', () => {
  /** The deploys v1 to v3 passed, and v4 is rolled back to v3. */
  async function orderedOf(nextKnownGood: boolean) {
    const service = fresh();
    const place = (i: number) => ({ service, version: `v${i}`, registeredAt: start + i });
    for (const i of [1, 2, 3]) await register(store(), place(i), 'passed');
    const deploy = aDeploy(place(4));
    const first = commitOf(bakeIn(deploy, 'baking'));
    const registration = { ...aRegistration(deploy), plan: { ...plan, nextKnownGood } };
    await store().register(registration, () => ({ ok: true, first, superseded: [] }));
    const { bake } = await rollBack(store(), { id: deploy.id, by: 'ana', at: start + 60_000, why: 'errors' });
    if (bake.state !== 'rolling_back') throw new Error(bake.state);
    return { deploy, effect: { id: `${deploy.id}:2:0`, bakeId: deploy.id, kind: 'roll_back', order: bake.order } as const };
  }
  const bakeOf = async (id: string) => (await store().find(id))?.bake;
  const story = async (id: string) => (await store().timeline(id)).map(({ kind, text }) => `${kind}: ${text}`);

  test('is reported, and needs a person', async () => {
    const { deploy, effect } = await orderedOf(false);
    await work(dispatch({ platform: createFakeHook({ acts: ['gone'] }) }).deps, effect);
    const reasons = [
      'release v3 is gone from the platform: v3 is not there',
      'rollback requested by ana: errors',
      expect.stringContaining('policy.next_known_good'),
    ];
    expect(await bakeOf(deploy.id)).toMatchObject({ state: 'failed', rolledBack: 'no', reasons });
  });

  test('is followed by an order to the release before, where that is allowed', async () => {
    const { deploy, effect } = await orderedOf(true);
    const { deps, platform } = dispatch({ platform: createFakeHook({ running: 'v4', acts: ['gone', 'gone', 'works'] }) });
    await work(deps, effect);
    expect(await story(deploy.id)).toContain(
      'target_gone: rolling back to v2: rollback requested by ana: errors; release v3 is gone from the platform',
    );
    for (const [number, version] of [
      [3, 'v2'],
      [4, 'v1'],
    ] as const) {
      const bake = await bakeOf(deploy.id);
      if (bake?.state !== 'rolling_back') throw new Error(bake?.state);
      expect(bake.order.target.version).toBe(version);
      await work(deps, { id: `${deploy.id}:${number}:0`, bakeId: deploy.id, kind: 'roll_back', order: bake.order });
    }
    expect(await bakeOf(deploy.id)).toMatchObject({ state: 'verifying', order: { passedOver: [{ version: 'v3' }, { version: 'v2' }] } });
    expect(platform.performed.map(({ id, target }) => [id.startsWith(`${deploy.id}:`), target.version])).toEqual([[true, 'v1']]);
    const attempts = await store().attempts(deploy.id);
    expect([new Set(attempts.map(({ orderId }) => orderId)).size, attempts.map(({ outcome: each }) => each)]).toEqual([
      3,
      ['refused', 'refused', 'succeeded'],
    ]);
  });

  test('that an earlier attempt may have put back is never passed over', async () => {
    const { deploy, effect } = await orderedOf(true);
    await work(dispatch({ platform: createFakeHook({ acts: ['timeout', 'gone'] }) }).deps, effect);
    expect(await bakeOf(deploy.id)).toMatchObject({ state: 'failed', rolledBack: 'unknown' });
  });
});
