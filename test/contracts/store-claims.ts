import { expect, test } from 'vitest';
import type { BakeClaims } from '../../src/ports/bake-claims.ts';
import type { BakeStore } from '../../src/ports/bake-store.ts';
import { aMeasurement, bakeIn, commitOf, register, warming } from '../store/fixtures.ts';
import { type Both, fresh } from './store-replicas.ts';

/** What `BakeClaims` must do. */
export function claiming(both: Both): void {
  // Earlier than the bakes of all other tests, so that those are not due.
  const past = 1_000;
  const claim = (worker: string, now: number, limit = 100) => ({ now, leaseMs: 500, limit, worker });

  test('a bake belongs to one of two replicas for the time of the lease', async () => {
    const ids = await Promise.all(
      Array.from(
        { length: 20 },
        async (_, i) => (await register(both().store, { service: fresh(), registeredAt: past - 50 + i })).deploy.id,
      ),
    );
    const [mine, theirs] = await Promise.all([both().store.claimDue(claim('a', past, 12)), both().rival.claimDue(claim('b', past, 12))]);
    const taken = [...mine, ...theirs].map(({ deploy }) => deploy.id);
    expect(taken.sort()).toEqual(ids.sort());
    expect(await both().store.claimDue(claim('c', past + 499))).toEqual([]);
    expect(await both().store.nextDueAt()).toBe(past + 500);
    expect(await both().store.countLive()).toBeGreaterThanOrEqual(20);
    expect(await both().store.claimDue(claim('c', past + 500))).toHaveLength(20);
    await finish(both().store, ids);
  });

  test('claims the most overdue bake first, and none before it is due', async () => {
    const late = await register(both().store, { service: fresh(), registeredAt: past - 9 });
    const later = await register(both().store, { service: fresh(), registeredAt: past - 8 });
    expect(await both().store.nextDueAt()).toBe(past - 9);
    expect(await both().store.claimDue(claim('a', past - 10))).toEqual([]);
    expect((await both().store.claimDue(claim('a', past, 1))).map(({ deploy }) => deploy.id)).toEqual([late.deploy.id]);
    expect(await both().store.claimDue(claim('a', past, 1))).toEqual([later]);
    await finish(both().store, [late.deploy.id, later.deploy.id]);
  });

  test('claims an urgent bake before those that are due a little longer, and after those that are due much longer', async () => {
    const bakes = new Map<string, string>();
    for (const [name, dueAt] of [
      ['much longer', past - 20_000],
      ['longer', past - 5_000],
      ['urgent', past - 1_000],
    ] as const) {
      const { deploy } = await register(both().store, { service: fresh(), registeredAt: past - 30_000 });
      const baking = bakeIn(deploy, 'baking');
      if (baking.state !== 'baking') throw new Error('not baking');
      const next = { ...baking, nextAt: dueAt, endsAt: past + 900_000, limitAt: past + 900_000 };
      const result =
        name === 'urgent'
          ? ({ outcome: 'fail', reason: 'an advisory check fails' } as const)
          : ({ outcome: 'pass', reason: 'well' } as const);
      await both().store.update(deploy.id, 1, () => ({ ok: true, ...commitOf(next, { measurements: [aMeasurement({ result })] }) }));
      bakes.set(deploy.id, name);
    }
    const claimed = await both().store.claimDue(claim('a', past, 2));
    const rest = await both().rival.claimDue(claim('b', past));
    expect([...claimed, ...rest].map(({ deploy }) => bakes.get(deploy.id))).toEqual(['much longer', 'urgent', 'longer']);
    await finish(both().store, [...bakes.keys()]);
  });

  test('a commit and a release end the lease; a refusal does not', async () => {
    const { deploy } = await register(both().store, { service: fresh(), registeredAt: past });
    await both().store.claimDue(claim('a', past));
    await both().store.update(deploy.id, 1, () => ({ ok: false, refusal: 'no' }));
    expect(await both().rival.claimDue(claim('b', past))).toEqual([]);
    await both().store.releaseClaims('a');
    expect(await both().rival.claimDue(claim('b', past))).toHaveLength(1);
    await both().store.releaseClaims('a');
    expect(await both().store.claimDue(claim('a', past))).toEqual([]);
    await both().rival.update(deploy.id, 1, () => ({ ok: true, ...commitOf(warming(deploy, past)) }));
    expect(await both().store.claimDue(claim('a', past))).toHaveLength(1);
    await finish(both().store, [deploy.id]);
  });

  test('a renewal extends the leases that a worker still has, and no other', async () => {
    const mine = await register(both().store, { service: fresh(), registeredAt: past - 2 });
    const lost = await register(both().store, { service: fresh(), registeredAt: past - 1 });
    const free = await register(both().store, { service: fresh(), registeredAt: past });
    const ids = [mine, lost, free].map(({ deploy }) => deploy.id);
    expect(await both().store.claimDue(claim('a', past - 2))).toHaveLength(1);
    expect(await both().rival.claimDue(claim('b', past - 1))).toHaveLength(1);
    await both().store.renewClaims({ worker: 'a', bakeIds: ids, until: past + 2_000 });
    const claimedLater = await both().rival.claimDue(claim('c', past + 1_000));
    expect(claimedLater.map(({ deploy }) => deploy.id)).toEqual([lost.deploy.id, free.deploy.id]);
    expect(await both().store.claimDue(claim('a', past + 2_000))).toHaveLength(3);
    await both().store.renewClaims({ worker: 'a', bakeIds: [], until: past + 9_000 });
    await finish(both().store, ids);
  });

  test('a release keeps the leases on the bakes that it is not for', async () => {
    const kept = await register(both().store, { service: fresh(), registeredAt: past - 1 });
    const released = await register(both().store, { service: fresh(), registeredAt: past });
    expect(await both().store.claimDue(claim('a', past))).toHaveLength(2);
    await both().store.releaseClaims('a', [kept.deploy.id]);
    expect((await both().rival.claimDue(claim('b', past))).map(({ deploy }) => deploy.id)).toEqual([released.deploy.id]);
    await finish(both().store, [kept.deploy.id, released.deploy.id]);
  });

  async function finish(store: BakeStore & BakeClaims, ids: readonly string[]) {
    for (const id of ids) await store.update(id, null, ({ deploy }) => ({ ok: true, ...commitOf(bakeIn(deploy, 'canceled')) }));
    expect(await store.claimDue(claim('z', past + 10_000))).toEqual([]);
  }
}
