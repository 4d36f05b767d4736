import { expect, test, vi } from 'vitest';
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

  test('an attempt is stored with its deadline, its owner and the program that it runs', async () => {
    const { deploy } = await register(both().store, { service: fresh() });
    const { orderId, ...rest } = { orderId: `${deploy.id}:order`, effectId: `${deploy.id}:3:0`, bakeId: deploy.id };
    const owner = { host: 'a', space: 'boot 1', pid: 7, start: '700' };
    const program = { pid: 8, start: '800', hasOutlived: true } as const;
    const first = { pid: 0, start: '' };
    await both().store.beginAttempt({ orderId, ...rest, at: start, after: 0, deadlineAt: start + 60_000, owner, program: first });
    expect(await both().rival.attempts(deploy.id)).toMatchObject([{ program: first }]);
    expect(await both().store.saveAttemptProgram({ orderId, number: 1, program })).toBe(true);
    expect(await both().rival.attempts(deploy.id)).toMatchObject([{ number: 1, deadlineAt: start + 60_000, owner, program }]);
    expect(await both().store.saveAttemptProgram({ orderId, number: 1, program: null })).toBe(true);
    expect((await both().rival.attempts(deploy.id))[0]).not.toHaveProperty('program');
  });

  test('a newer attempt at the same order fences the one before: it writes nothing any more', async () => {
    const { deploy } = await register(both().store, { service: fresh() });
    const order = { orderId: `${deploy.id}:order`, effectId: `${deploy.id}:3:0`, bakeId: deploy.id, at: start };
    const other = { ...order, orderId: `${deploy.id}:other` };
    for (const each of [order, other, order]) await both().store.beginAttempt(each);
    const before = await both().store.attempts(deploy.id);
    const old = { orderId: order.orderId, number: 1 };
    await both().store.saveAttemptOutput({ ...old, output: 'late' });
    expect(await both().store.saveAttemptProgram({ ...old, program: { pid: 1, start: '1' } })).toBe(false);
    expect(await both().store.endAttempt({ ...old, at: start, outcome: 'failed', output: 'late' })).toBe(false);
    const decide = vi.fn();
    expect(await both().store.update(deploy.id, old, decide)).toEqual({ kind: 'lost' });
    expect(decide).not.toHaveBeenCalled();
    expect(await both().store.attempts(deploy.id)).toEqual(before);
    for (const newest of [
      { ...old, number: 2 },
      { ...old, orderId: other.orderId },
    ]) {
      expect(await both().store.update(deploy.id, newest, () => ({ ok: false, refusal: 'no' }))).toMatchObject({ kind: 'refused' });
      expect(await both().store.endAttempt({ ...newest, at: start, outcome: 'failed', output: '' })).toBe(true);
      expect(await both().store.endAttempt({ ...newest, at: start, outcome: 'succeeded', output: '' })).toBe(false);
    }
  });

  test('an attempt does not begin if another one began after those that its server knows of', async () => {
    const { deploy } = await register(both().store, { service: fresh() });
    const order = { orderId: `${deploy.id}:order`, effectId: `${deploy.id}:3:0`, bakeId: deploy.id, at: start, after: 0 };
    const begun = await Promise.allSettled([both().store, both().rival, both().store].map((store) => store.beginAttempt(order)));
    expect(begun.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const one of begun) if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'conflict' });
    expect(await both().store.attempts(deploy.id)).toHaveLength(1);
  });

  test('two replicas never get the same number', async () => {
    const { deploy } = await register(both().store, { service: fresh() });
    const order = { orderId: `${deploy.id}:order`, effectId: `${deploy.id}:3:0`, bakeId: deploy.id, at: start };
    const begun = await Promise.all([1, 2, 3, 4].map((i) => (i % 2 ? both().store : both().rival).beginAttempt(order)));
    expect(begun.map(({ number }) => number).sort()).toEqual([1, 2, 3, 4]);
  });
}
