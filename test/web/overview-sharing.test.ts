import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Store } from '../../src/ports/store.ts';
import { createPages } from '../../src/web/pages.ts';
import { register } from '../store/fixtures.ts';
import { aDatabase, systemClock, type TestDatabase } from '../support/database.ts';
import { aReadingApi } from '../support/reading-api.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.close());

test('viewers who ask for the same overview at once share what is read, and see what was committed before they asked', async () => {
  let [reads, asked] = [0, 0];
  const gate = Promise.withResolvers<void>();
  const placesIn: Store['placesIn'] = async (scope) => {
    reads += 1;
    const places = await database.store.placesIn(scope);
    // The first read ends when everybody has asked.
    if (reads === 1) await gate.promise;
    return places;
  };
  const store = { ...database.store, placesIn };
  // A page looks at the clock once, right before it asks for the overview, and each read once more.
  const now = () => {
    asked += 1;
    return systemClock.now();
  };
  const pages = createPages({ store, clock: { ...systemClock, now }, baseUrl: 'http://127.0.0.1:8700' });
  const api = aReadingApi(store, [], { pages });
  const open = async (path: string) => await (await api.request(path, { headers: { host: 'localhost:8700' } })).text();
  await register(database.store, { service: 'first' });
  const early = open('/');
  while (reads === 0) await nextTurn();
  await register(database.store, { service: 'second' });
  const later = Array.from({ length: 30 }, () => open('/'));
  const other = open('/?q=second');
  expect(await other).toContain('second');
  while (asked < 1 + 1 + 30 + 2) await nextTurn();
  gate.resolve();
  expect(await early).toContain('first');
  expect((await Promise.all(later)).filter((page) => !page.includes('second'))).toEqual([]);
  expect(reads).toBe(3);
});
