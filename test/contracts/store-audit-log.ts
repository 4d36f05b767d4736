import { expect, test } from 'vitest';
import { register, start } from '../store/fixtures.ts';
import { type Both, fresh } from './store-replicas.ts';

/** What `AuditLog` must do. */
export function auditLog(both: Both): void {
  test('an attempt has a number, gets the earlier ones, and ends', async () => {
    const { deploy } = await register(both().store, { service: fresh() });
    const order = { orderId: `${deploy.id}:order`, effectId: `${deploy.id}:3:0`, bakeId: deploy.id };
    expect(await both().store.beginAttempt({ ...order, at: start })).toEqual({ number: 1, earlier: [] });
    const first = { ...order, number: 1, startedAt: start, endedAt: null, outcome: null, output: '' };
    expect(await both().rival.beginAttempt({ ...order, at: start + 1 })).toEqual({ number: 2, earlier: [first] });
    await both().store.endAttempt({ orderId: order.orderId, number: 2, at: start + 2, outcome: 'failed', output: 'no\u0000' });
    const second = { ...order, number: 2, startedAt: start + 1, endedAt: start + 2, outcome: 'failed', output: 'no�' };
    expect(await both().store.attempts(deploy.id)).toEqual([first, second]);
  });

  test('output is saved during an attempt and at its end, and not after that', async () => {
    const { deploy } = await register(both().store, { service: fresh() });
    const order = { orderId: `${deploy.id}:order`, effectId: `${deploy.id}:3:0`, bakeId: deploy.id, at: start };
    const outputs = async () => (await both().store.attempts(deploy.id)).map(({ output }) => output);
    for (const number of [1, 2]) {
      await both().store.beginAttempt(order);
      await both().store.saveAttemptOutput({ orderId: order.orderId, number, output: `working on ${number}\0` });
    }
    expect(await outputs()).toEqual(['working on 1�', 'working on 2�']);
    await both().store.endAttempt({ orderId: order.orderId, number: 2, at: start + 2, outcome: 'succeeded', output: 'done' });
    await both().rival.saveAttemptOutput({ orderId: order.orderId, number: 2, output: 'a late save' });
    expect(await outputs()).toEqual(['working on 1�', 'done']);
  });

  test('two replicas never get the same number', async () => {
    const { deploy } = await register(both().store, { service: fresh() });
    const order = { orderId: `${deploy.id}:order`, effectId: `${deploy.id}:3:0`, bakeId: deploy.id, at: start };
    const begun = await Promise.all([1, 2, 3, 4].map((i) => (i % 2 ? both().store : both().rival).beginAttempt(order)));
    expect(begun.map(({ number }) => number).sort()).toEqual([1, 2, 3, 4]);
  });
}
