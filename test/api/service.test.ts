import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Token } from '../../src/api/auth.ts';
import { ServiceKeys } from '../../src/api/service-schemas.ts';
import { register } from '../store/fixtures.ts';
import { aDatabase, systemClock, type TestDatabase } from '../support/database.ts';
import { aReadingApi } from '../support/reading-api.ts';

const day = 86_400_000;
let database: TestDatabase;
beforeAll(async () => {
  database = await aDatabase();
  const { store } = database;
  const now = systemClock.now();
  const committed = (ms: number) => ({ committed_at: new Date(ms).toISOString() });
  await register(store, { registeredAt: now - 40 * day }, 'failed');
  await register(store, { registeredAt: now - 4 * day, metadata: committed(now - 5 * day) }, 'passed');
  await register(store, { registeredAt: now - 3 * day }, 'rolled_back');
  await register(store, { registeredAt: now - 2 * day, version: 'v2' }, 'passed');
  await register(store, { registeredAt: now - day }, 'superseded');
  await register(store, { registeredAt: now - day, environment: 'staging' }, 'baking');
  await register(store, { registeredAt: now - day, service: 'a/b <i>' }, 'passed');
});
afterAll(() => database.close());

async function get(path: string, tokens: readonly Token[] = []) {
  const headers = { host: 'localhost:8700', ...(tokens.length > 0 && { authorization: 'Bearer x' }) };
  const response = await aReadingApi(database.store, tokens).request(path, { headers });
  return { status: response.status, text: await response.text() };
}

describe('a service', () => {
  test('tells the four keys of each of its environments', async () => {
    const { status, text } = await get('/v1/services/shop');
    const { environments } = ServiceKeys.parse(JSON.parse(text));
    expect(status).toBe(200);
    expect(environments.map(({ environment }) => environment)).toEqual(['production', 'staging']);
    expect(environments[0]).toMatchObject({
      recent: [{ state: 'superseded' }, { state: 'passed' }, { state: 'rolled_back' }, { state: 'passed' }, { state: 'failed' }],
      known_good: { version: 'v2', commit: 'abc' },
      dora: {
        deploys: { count: 4, per_day: 4 / 30 },
        change_failure: { failed: 1, of: 3, rate: 1 / 3, not_counted: { superseded: 1, open: 0 } },
        restore: { took: { n: 1, median_ms: 60_000, p90_ms: 60_000 }, open: 0 },
        lead_time: { n: 1, median_ms: day },
      },
    });
    expect(environments[1]?.dora).toMatchObject({
      change_failure: { of: 0, rate: null, interval_95: null },
      restore: { took: null },
      lead_time: null,
    });
  });

  test('is told as far back, and of which environment, as is asked for', async () => {
    const asked = async (query: string) => ServiceKeys.parse(JSON.parse((await get(`/v1/services/shop?${query}`)).text)).environments;
    expect((await asked('since=90d&environment=production')).map(({ dora }) => dora.change_failure.of)).toEqual([4]);
    expect((await asked('since=60h&environment=production')).map(({ dora }) => dora.deploys.count)).toEqual([2]);
  });

  test.for([
    { name: 'a service that there is not', path: '/v1/services/nothing', status: 404, says: 'no deploy of nothing has been registered' },
    {
      name: 'an environment that there is not',
      path: '/v1/services/shop?environment=moon',
      status: 404,
      says: 'no deploy of shop in moon',
    },
    { name: 'no duration', path: '/v1/services/shop?since=30', status: 400, says: 'is not a duration' },
    { name: 'years', path: '/v1/services/shop?since=5000d', status: 400, says: 'at most 366d' },
    { name: 'a misspelt filter', path: '/v1/services/shop?enviroment=x', status: 400, says: 'enviroment' },
    { name: 'a page of a service that there is not', path: '/services/nothing', status: 404, says: 'no deploy of nothing' },
  ])('is refused in words: $name', async ({ path, status, says }) => {
    const answer = await get(path);
    expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(says)]);
  });

  test('is shown to tokens that may read it, as far as they may', async () => {
    const sha256 = createHash('sha256').update('x').digest('hex');
    const token = (services: readonly string[], environments: readonly string[]): Token => ({
      name: 't',
      sha256,
      verbs: ['read'],
      services,
      environments,
    });
    const environments = async (one: Token) =>
      ServiceKeys.parse(JSON.parse((await get('/v1/services/shop', [one])).text)).environments.map((e) => e.environment);
    expect(await environments(token([], []))).toEqual(['production', 'staging']);
    expect(await environments(token([], ['staging']))).toEqual(['staging']);
    expect((await get('/v1/services/shop', [token(['other'], [])])).status).toBe(403);
    // Its name can be guessed: its page shows what the token may read.
    const page = await get('/services/shop', [token([], ['staging'])]);
    expect(page.status).toBe(200);
    expect(textOf(page.text)).toContain('The newest deploys in staging');
    expect(page.text).not.toContain('production');
  });

  test('has a page that says what is counted, linked from home and from its deploys', async () => {
    const { status, text } = await get('/services/shop');
    expect(status).toBe(200);
    expect(textOf(text)).toContain('33.3 % 1 of 3 with a verdict, 95 %: 0.84 % to 91 %; not counted: 1 superseded');
    expect(textOf(text)).toContain('1m median of 1; 90th percentile 1m');
    const id = /href="\/deploys\/([^"]+)"/.exec(text)?.[1];
    expect((await get(`/deploys/${id}`)).text).toContain('href="/services/shop"');
    expect((await get('/')).text).toContain('href="/services/shop"');
  });

  test('may have any name', async () => {
    expect((await get('/')).text).toMatch(/<a [^>]*href="\/services\/a%2Fb%20%3Ci%3E">a\/b &lt;i&gt;<\/a>/);
    expect((await get('/services/a%2Fb%20%3Ci%3E')).text).toContain('<h1>a/b &lt;i&gt;</h1>');
    expect((await get('/v1/services/a%2Fb%20%3Ci%3E')).status).toBe(200);
  });
});

/** The text of a page without its markup. */
function textOf(page: string): string {
  return page.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');
}
