import { afterAll, beforeAll, expect, test } from 'vitest';
import { aDatabase, administer, type TestDatabase } from '../support/database.ts';
import { start } from './fixtures.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.close());

const notice = (id: string) =>
  ({ id, kind: 'announce', notifier: 'team', topic: 'frozen', service: 'shop', at: start, title: 't', reasons: ['r'] }) as const;

async function queued(): Promise<readonly unknown[]> {
  const select =
    "select data->'effect' as effect, start_after from bakewatch_queue.job where name = 'announce' order by data->'effect'->>'id'";
  return (await administer(database.url, select)).map(({ effect, start_after }) => ({ effect, after: start_after }));
}

test('a notice about a freeze is queued with the freeze, and with its lift only where there was one', async () => {
  const { store } = database;
  expect(await store.liftFreeze('shop', start, { effects: [notice('none')] })).toBe(false);
  await store.setFreeze({ service: 'shop', by: 'ann', why: 'sale', since: start, until: start + 1 }, { effects: [notice('a set')] });
  expect(await store.liftFreeze('shop', start + 1, { effects: [notice('ended')] })).toBe(false);
  await store.setFreeze({ service: 'shop', by: 'ann', why: 'sale', since: start }, { effects: [notice('b set')] });
  expect(await store.liftFreeze('shop', start, { effects: [notice('c lift')] })).toBe(true);
  expect(await queued()).toMatchObject([{ effect: notice('a set') }, { effect: notice('b set') }, { effect: notice('c lift') }]);
});

test('a postponed one is not performed before its time', async () => {
  const notBefore = Date.parse('2096-06-04T04:00:00Z');
  await database.store.postpone({ ...notice('z'), notBefore });
  expect((await queued()).at(-1)).toEqual({ effect: { ...notice('z'), notBefore }, after: '2096-06-04 04:00:00+00' });
});
