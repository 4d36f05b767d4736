import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Token } from '../../src/api/auth.ts';
import { register, start } from '../store/fixtures.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';
import { aReadingApi } from '../support/reading-api.ts';

let database: TestDatabase;
let theirs: string;
beforeAll(async () => {
  database = await aDatabase();
  const { store } = database;
  for (let i = 0; i < 3; i++)
    await register(store, { service: 'ours', version: `v${i}`, registeredAt: start + i, buildId: `b${i}` }, 'passed');
  await register(store, { service: 'ours', environment: 'staging', version: 'v9', registeredAt: start + 3 }, 'baking');
  for (let i = 0; i < 12; i++) theirs = (await register(store, { service: 'theirs', registeredAt: start + 10 + i }, 'failed')).deploy.id;
});
afterAll(() => database.close());

const aToken = (services: readonly string[], environments: readonly string[] = []): Token => ({
  name: 'reader',
  sha256: createHash('sha256').update('reader').digest('hex'),
  verbs: ['read'],
  services,
  environments,
});

type Page = { readonly status: number; readonly versions: readonly string[]; readonly next: string | null; readonly detail: string };

async function list(query: string, token: Token = aToken(['ours'])): Promise<Page> {
  const api = aReadingApi(database.store, [token]);
  const answer = await api.request(`/v1/deploys?${query}`, { headers: { authorization: 'Bearer reader' } });
  const body: { deploys?: { release: { version: string } }[]; next?: string | null; detail?: string } = JSON.parse(await answer.text());
  const versions = (body.deploys ?? []).map(({ release }) => release.version);
  return { status: answer.status, versions, next: body.next ?? null, detail: body.detail ?? '' };
}

describe('the list of a token for one service', () => {
  test.for([1, 2, 3, 10])('has all of its deploys, in pages of %d', async (limit) => {
    const versions: string[] = [];
    let cursor = '';
    for (let pages = 0; pages < 10; pages++) {
      const page = await list(`limit=${limit}${cursor}`);
      expect(page.versions.length).toBeGreaterThan(0);
      versions.push(...page.versions);
      if (page.next === null) break;
      cursor = `&cursor=${page.next}`;
    }
    expect(versions).toEqual(['v9', 'v2', 'v1', 'v0']);
  });

  test('has those of its environments only', async () => {
    expect((await list('', aToken(['ours'], ['staging']))).versions).toEqual(['v9']);
    expect((await list('', aToken(['nothing']))).versions).toEqual([]);
    expect((await list('limit=200', aToken([]))).versions.length).toBe(16);
  });

  test('does not say whether a deploy of others exists', async () => {
    const unknown = '0f8fad5b-d9cb-469f-a165-70867728950e';
    const [foreign, none] = [await list(`before=${theirs}`), await list(`before=${unknown}`)];
    expect([foreign.status, none.status]).toEqual([404, 404]);
    expect(foreign.detail.replace(theirs, unknown)).toBe(none.detail);
  });
});

test.for([
  { query: 'version=v1', versions: ['v1'] },
  { query: 'commit=abc&environment=production', versions: ['v2', 'v1', 'v0'] },
  { query: 'commit=abcd', versions: [] },
  { query: 'build_id=b2', versions: ['v2'] },
  { query: 'state=baking,passed', versions: ['v9', 'v2', 'v1', 'v0'] },
  { query: 'state=baking', versions: ['v9'] },
  { query: `since=${new Date(start + 1).toISOString()}&until=${new Date(start + 3).toISOString()}`, versions: ['v2', 'v1'] },
  { query: `state=passed&since=${new Date(start + 1).toISOString()}`, versions: ['v2', 'v1'] },
])('a list is filtered by $query', async ({ query, versions }) => {
  expect((await list(query)).versions).toEqual(versions);
});

test.for([
  { query: 'state=baking,happy', says: 'state' },
  { query: 'since=yesterday', says: 'since' },
  { query: 'cursor=abc', says: 'is not the `next` of a page' },
  { query: 'cursor=WzEsMl0', says: 'is not the `next` of a page' },
  { query: 'limit=1&limit=2', says: 'limit' },
])('a filter that makes no sense is refused: $query', async ({ query, says }) => {
  expect(await list(query)).toMatchObject({ status: 400, detail: expect.stringContaining(says) });
});
