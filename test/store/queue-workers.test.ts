import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { QueuedEffect } from '../../src/core/bake/effect.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';
import { aNotice, aRollback, commitOf, register } from './fixtures.ts';

const soon = { timeout: 30_000, interval: 20 };

let database: TestDatabase;
beforeEach(async () => {
  database = await aDatabase();
});
afterEach(async () => await database.close());

async function queue(id: string, effects: readonly QueuedEffect[]) {
  await database.store.update(id, null, ({ bake }) => ({ ok: true, ...commitOf(bake, { effects }) }));
}

/** A handler whose effects run until they are let go. */
function held() {
  const running = new Set<string>();
  const ended: string[] = [];
  const letGo = new Map<string, () => void>();
  const perform = async ({ id }: QueuedEffect) => {
    running.add(id);
    await new Promise<void>((resolve) => letGo.set(id, resolve));
    running.delete(id);
    ended.push(id);
  };
  return { running, ended, letGo, handlers: { perform, gaveUp: async () => {} } };
}

test('a hundred slow rollbacks run at once, and the ones after them, too', async () => {
  const record = await register(database.store);
  const slow = held();
  await database.queue.start(slow.handlers);
  const rollbacks = Array.from({ length: 100 }, (_, i) => ({ ...aRollback(record), id: `${record.deploy.id}:roll_back:${i}` }));
  await queue(record.deploy.id, rollbacks);
  await vi.waitFor(() => expect(slow.running.size).toBe(100), soon);
  for (const end of slow.letGo.values()) end();
  await vi.waitFor(() => expect(slow.ended).toHaveLength(100), soon);
  const late = { ...aRollback(record), id: `${record.deploy.id}:roll_back:late` };
  await queue(record.deploy.id, [late]);
  await vi.waitFor(() => expect([...slow.running]).toEqual([late.id]), soon);
  slow.letGo.get(late.id)?.();
});

test('an effect that has ended lets the next one begin, whatever else was taken with it still runs', async () => {
  const [one, other] = [await register(database.store), await register(database.store, { service: 'other' })];
  const slow = held();
  const [first, next, hanging] = [aNotice(one.deploy.id, 1), aNotice(one.deploy.id, 2), aNotice(other.deploy.id, 1)];
  // Queued before the start, so that one look for work finds the first ones of both deploys.
  await queue(one.deploy.id, [first, next]);
  await queue(other.deploy.id, [hanging]);
  await database.queue.start(slow.handlers);
  await vi.waitFor(() => expect([...slow.running].toSorted()).toEqual([first.id, hanging.id].toSorted()), soon);
  slow.letGo.get(first.id)?.();
  await vi.waitFor(() => expect(slow.running).toContain(next.id), soon);
  expect(slow.running).toContain(hanging.id);
  slow.letGo.get(next.id)?.();
  await vi.waitFor(() => expect(slow.ended).toEqual([first.id, next.id]), soon);
  slow.letGo.get(hanging.id)?.();
});

test('an effect that fails is tried again, and the others of its batch are not', async () => {
  const record = await register(database.store);
  const tries = new Map<string, number>();
  const perform = async ({ id }: QueuedEffect) => {
    tries.set(id, (tries.get(id) ?? 0) + 1);
    if (id.endsWith(':0') && tries.get(id) === 1) throw new Error('not yet');
  };
  const rollbacks = Array.from({ length: 10 }, (_, i) => ({ ...aRollback(record), id: `${record.deploy.id}:roll_back:${i}` }));
  await queue(record.deploy.id, rollbacks);
  await database.queue.start({ perform, gaveUp: async () => {} });
  await vi.waitFor(() => expect(tries.get(`${record.deploy.id}:roll_back:0`)).toBe(2), soon);
  await vi.waitFor(async () => expect(await database.queue.oldestAgeMs(0)).toBe(0), soon);
  expect([...tries.values()].toSorted()).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1, 2]);
});

/** Of this kind, a process performs four at a time. */
const looks = (id: string, numbers: readonly number[]): readonly QueuedEffect[] =>
  numbers.map((number) => ({ id: `${id}:look:${number}`, bakeId: id, kind: 'remember_running' }));

test('where all places are taken, the end of one job is enough for the next one', async () => {
  const { deploy } = await register(database.store);
  const slow = held();
  const all = looks(deploy.id, [0, 1, 2, 3, 4, 5, 6]).map(({ id }) => id);
  await queue(deploy.id, looks(deploy.id, [0, 1, 2, 3, 4, 5, 6]));
  await database.queue.start(slow.handlers);
  await vi.waitFor(() => expect(slow.running.size).toBe(4), soon);
  const [hanging = ''] = slow.running;
  await vi.waitFor(() => {
    for (const [id, end] of slow.letGo) if (id !== hanging) end();
    expect(slow.ended.toSorted()).toEqual(all.filter((id) => id !== hanging).toSorted());
  }, soon);
  slow.letGo.get(hanging)?.();
});

test('after a pause while all places are taken, jobs are taken again', async () => {
  const { deploy } = await register(database.store);
  const slow = held();
  await queue(deploy.id, looks(deploy.id, [0, 1, 2, 3]));
  await database.queue.start(slow.handlers);
  await vi.waitFor(() => expect(slow.running.size).toBe(4), soon);
  await database.queue.pause();
  await database.queue.resume();
  for (const end of slow.letGo.values()) end();
  await queue(deploy.id, looks(deploy.id, [4]));
  await vi.waitFor(() => expect([...slow.running]).toEqual([`${deploy.id}:look:4`]), soon);
  slow.letGo.get(`${deploy.id}:look:4`)?.();
});
