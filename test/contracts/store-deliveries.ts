import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { DeliveryStore } from '../../src/ports/delivery-store.ts';
import { register, start } from '../store/fixtures.ts';
import { type Both, fresh } from './store-replicas.ts';

/** What `DeliveryStore` must do. Digests: `test/effects/digest.real.test.ts`. */
export function deliveries(both: Both): void {
  const aDeploy = async () => {
    const { deploy } = await register(both().store, { service: fresh() });
    return { bakeId: deploy.id, notifier: 'team', noticeId: 'first' };
  };
  /** Begins a delivery. Returns whether it is muted, and the memory. */
  const begin = async (store: DeliveryStore, key: { bakeId: string; notifier: string; noticeId: string }) => {
    const notice = { kind: 'notify', topic: 'unhealthy', at: start, reasons: ['it errs'] } as const;
    const seen: boolean[] = [];
    const begun = await store.beginDelivery({ ...key, notice, at: start, since: start }, ({ isMuted }) => {
      seen.push(isMuted);
      return { kind: 'send' };
    });
    return [...seen, begun.kind === 'send' ? begun.memory : begun.kind];
  };

  test('a mute lasts for all notices of the deploy, and the memory is kept', async () => {
    const { store, rival } = both();
    const [key, other] = [await aDeploy(), await aDeploy()];
    expect(await begin(store, key)).toEqual([false, null]);
    await store.endDelivery(key, { ts: '1' });
    await store.mute(key);
    expect(await begin(rival, { ...key, noticeId: 'second' })).toEqual([true, { ts: '1' }]);
    await rival.endDelivery({ ...key, noticeId: 'second' }, { ts: '2' });
    expect(await begin(store, { ...key, noticeId: 'third' })).toEqual([true, { ts: '2' }]);
    expect(await begin(store, { ...key, notifier: 'pager' })).toEqual([false, null]);
    expect(await begin(store, other)).toEqual([false, null]);
  });

  test('a deploy can be muted before its first notice', async () => {
    const key = await aDeploy();
    await both().store.mute(key);
    await both().rival.mute(key);
    expect(await begin(both().store, key)).toEqual([true, null]);
  });

  test('of several replicas that get the same press, one gets `true`', async () => {
    const key = randomUUID();
    const { store, rival } = both();
    const heard = await Promise.all([store, rival, store, rival].map((one) => one.press(key, start)));
    expect(heard.filter((first) => first)).toHaveLength(1);
    expect(await store.press(key, start + 3_600_000)).toBe(false);
    expect(await store.press(randomUUID(), start)).toBe(true);
  });

  test('presses are forgotten after a day', async () => {
    const key = randomUUID();
    const { store } = both();
    await store.press(key, start);
    await store.press(randomUUID(), start + 2 * 86_400_000);
    expect(await store.press(key, start + 2 * 86_400_000)).toBe(true);
  });
}
