import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { maxPerMinute } from '../../src/api/rate-limits.ts';
import { AppError } from '../../src/core/base/errors.ts';
import { ruleSet } from '../store/fixtures.ts';
import { anApi } from '../support/an-api.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.close());

const one = '198.51.100.7';
const other = '198.51.100.8';

/** A server with tokens, and a function that asks it many times from an address. */
function aServer() {
  const sha256 = createHash('sha256').update('a-secret').digest('hex');
  const inbox = {
    read: ({ header }: { header: (name: string) => string | undefined }) => {
      if (header('x-slack-signature') === 'right') return null;
      throw new AppError('unauthorized', 'the signature is wrong');
    },
  };
  const app = anApi(database.store, {
    tokens: [{ name: 'ops', sha256, verbs: ['read', 'operate'], services: [], environments: [] }],
    inboxes: new Map([['team', inbox]]),
    ruleSetFor: (service) => ({ ...ruleSet, service }),
    testNotifier: async ({ name, topic }) => ({
      ...{
        notifier: name,
        topic,
        type: 'slack',
        ok: true,
        outcome: 'delivered',
        reason: null,
        tookMs: 1,
        title: 't',
        rules: { kind: 'send' },
      },
    }),
  });
  const ask = async (address: string, path: string, init: RequestInit = {}) =>
    await app.request(path, init, { incoming: { socket: { remoteAddress: address } } });
  const askOften = async (times: number, address: string, path: string, init: RequestInit = {}) => {
    const statuses = new Set<number>();
    for (let i = 0; i < times; i++) statuses.add((await ask(address, path, init)).status);
    return [...statuses];
  };
  return { ask, askOften };
}

test.for([
  { what: 'pages', path: '/deploys/no-id', limit: maxPerMinute.pages, status: 404 },
  { what: 'metrics', path: '/metrics', limit: maxPerMinute.metrics, status: 200 },
  { what: 'the API', path: '/v1/deploys', limit: maxPerMinute.api, status: 401 },
])('$what are limited for each address that is not known', async ({ path, limit, status }) => {
  const { ask, askOften } = aServer();
  expect(await askOften(limit, one, path)).toEqual([status]);
  const refused = await ask(one, path);
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await refused.text()).toMatch(/more than .* requests in a minute/);
  expect((await ask(other, path)).status).toBe(status);
});

test('addresses of IPv6 in one network share a limit', async () => {
  const { ask, askOften } = aServer();
  await askOften(maxPerMinute.metrics, '2001:db8:1:2::1', '/metrics');
  expect((await ask('2001:db8:1:2:ffff::9', '/metrics')).status).toBe(429);
  expect((await ask('2001:0db8:0001:0002:0:0:0:9', '/metrics')).status).toBe(429);
  expect((await ask('2001:db8:1:3::1', '/metrics')).status).toBe(200);
  expect((await ask('::1', '/metrics')).status).toBe(200);
});

test('probes of health, assets and streams of events are not limited as pages are', async () => {
  const { askOften } = aServer();
  await askOften(maxPerMinute.pages + 1, one, '/deploys/no-id');
  const often = maxPerMinute.pages + 1;
  expect(await askOften(often, one, '/health/live')).toEqual([200]);
  expect(await askOften(often, one, '/assets/favicon.svg')).toEqual([200]);
  expect(await askOften(1, one, '/events')).toEqual([204]);
});

test('a known caller is not limited by strangers of the same address', async () => {
  const { ask, askOften } = aServer();
  await askOften(maxPerMinute.pages + 1, one, '/deploys/no-id');
  const headers = { authorization: 'Bearer a-secret' };
  expect((await ask(one, '/deploys/no-id', { headers })).status).toBe(404);
});

test('wrong signatures are limited, and a right one always passes', async () => {
  const { ask, askOften } = aServer();
  const press = (signature: string) => ({
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-slack-signature': signature },
    body: 'payload={}',
  });
  const path = '/v1/slack/team/actions';
  expect(await askOften(maxPerMinute.wrongSignatures, one, path, press('wrong'))).toEqual([401]);
  const refused = await ask(one, path, press('wrong'));
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await ask(one, path, press('right'))).status).toBe(200);
  expect((await ask(other, path, press('wrong'))).status).toBe(401);
});

test('tests of notifiers have a limit of their own', async () => {
  const { ask, askOften } = aServer();
  const init = {
    method: 'POST',
    headers: { authorization: 'Bearer a-secret', 'content-type': 'application/json' },
    body: JSON.stringify({ service: 'shop', environment: 'production' }),
  };
  expect(await askOften(maxPerMinute.notifierTests, one, '/v1/notifiers/team/test', init)).toEqual([200]);
  expect((await ask(one, '/v1/notifiers/other/test', init)).status).toBe(429);
  expect((await ask(one, '/v1/freeze', { headers: init.headers })).status).toBe(200);
});
