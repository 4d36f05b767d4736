import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Token } from '../../src/api/auth.ts';
import type { ApiDeps } from '../../src/api/deps.ts';
import { createFindClient } from '../../src/net/client-address.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import type { RequestRefusal } from '../../src/usecases/refusals.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';
import { createFakeLog, silentMeter } from '../support/fake-meter.ts';
import { aReadingApi } from '../support/reading-api.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.close());

/** An API that is called from an address. */
function anApi(rest: Partial<ApiDeps> = {}) {
  const counted: string[] = [];
  const meter = {
    ...silentMeter,
    requestAnswered: ({ route, method, status }: { route: string; method: string; status: number }) =>
      void counted.push(`${method} ${route} ${status}`),
  };
  const app = aReadingApi(database.store, [], { meter, ...rest });
  const call = async (path: string, init: RequestInit = {}, peer?: string) =>
    await app.request(
      path,
      { ...init, headers: { host: 'localhost', ...init.headers } },
      peer === undefined ? {} : { incoming: { socket: { remoteAddress: peer } } },
    );
  return { call, counted };
}

test('requests are counted by the pattern of their route, never by their path', async () => {
  const { call, counted } = anApi();
  const id = '0f8fad5b-d9cb-469f-a165-70867728950e';
  for (const path of [`/v1/deploys/${id}`, `/deploys/${id}`, '/health/live', '/v1/nothing', '/wp-login.php', '/deploys/x/y/z'])
    await call(path);
  await call('/v1/deploys', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
  await call('/v1/freeze', { method: 'PROPFIND' });
  expect(counted).toEqual([
    'GET /v1/deploys/:id 404',
    'GET /deploys/:id 404',
    'GET /health/live 200',
    'GET unknown 404',
    'GET unknown 404',
    'GET unknown 404',
    'POST /v1/deploys 400',
    'other unknown 405',
  ]);
});

test('the metrics show counts and durations', async () => {
  const { meter, text } = createMetrics();
  await anApi({ meter }).call('/health/live');
  const shown = await text({ stored: null, schedulerIdleSeconds: 0, providersUp: new Map() });
  expect(shown).toContain('bakewatch_http_requests_total{route="/health/live",method="GET",status="200"} 1');
  expect(shown).toContain('bakewatch_http_request_duration_seconds_count{route="/health/live",method="GET"} 1');
});

test('every answer has a request id, also a refusal, and the log has the same', async () => {
  const { log, lines } = createFakeLog();
  const { call } = anApi({ log });
  const ids = [(await call('/health/live')).headers.get('x-request-id'), (await call('/nothing')).headers.get('x-request-id')];
  expect(ids).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/), expect.stringMatching(/^[0-9a-f-]{36}$/)]);
  expect(lines.filter(({ message }) => message === 'request answered').map(({ fields }) => fields.requestId)).toEqual(ids);
});

test.for([
  { name: 'a proxy', peer: '10.0.0.1', sent: 'abc-1', taken: true },
  { name: 'this machine', peer: '127.0.0.1', sent: 'abc-2', taken: true },
  { name: 'a stranger', peer: '203.0.113.9', sent: 'abc-3', taken: false },
  { name: 'a proxy that sends words', peer: '10.0.0.1', sent: 'two words', taken: false },
  { name: 'a proxy that sends a long one', peer: '10.0.0.1', sent: 'x'.repeat(65), taken: false },
])('the request id of $name', async ({ peer, sent, taken }) => {
  const { log, lines } = createFakeLog();
  const { call } = anApi({ log, findClient: createFindClient(['10.0.0.0/8']) });
  const answer = await call('/health/live', { headers: { 'x-request-id': sent, 'x-forwarded-for': '198.51.100.1' } }, peer);
  expect(answer.headers.get('x-request-id') === sent).toBe(taken);
  expect(lines[0]?.fields.address).toBe(peer === '10.0.0.1' ? '198.51.100.1' : peer);
});

test.for([
  { name: 'plain HTTP', url: 'http://127.0.0.1/health/live', peer: '203.0.113.9', proto: undefined, hsts: null },
  { name: 'HTTPS', url: 'https://127.0.0.1/health/live', peer: '203.0.113.9', proto: undefined, hsts: 'max-age=15552000' },
  { name: 'HTTPS to a proxy', url: 'http://127.0.0.1/health/live', peer: '10.0.0.1', proto: 'https', hsts: 'max-age=15552000' },
  { name: 'plain HTTP to a proxy', url: 'http://127.0.0.1/health/live', peer: '10.0.0.1', proto: 'http', hsts: null },
  { name: 'a stranger who claims it', url: 'http://127.0.0.1/health/live', peer: '203.0.113.9', proto: 'https', hsts: null },
])('browsers are told to stay with HTTPS over $name: $hsts', async ({ url, peer, proto, hsts }) => {
  const { call } = anApi({ findClient: createFindClient(['10.0.0.0/8']) });
  const answer = await call(url, proto === undefined ? {} : { headers: { 'x-forwarded-proto': proto } }, peer);
  expect(answer.headers.get('strict-transport-security')).toBe(hsts);
});

test('refusals are noted with who was refused where, and other answers are not', async () => {
  const noted: RequestRefusal[] = [];
  const token: Token = {
    name: 'ci',
    sha256: createHash('sha256').update('secret').digest('hex'),
    verbs: ['read'],
    services: [],
    environments: [],
  };
  const app = aReadingApi(database.store, [token], { noteRefusal: async (refusal) => void noted.push(refusal) });
  const call = (headers: Record<string, string>) =>
    app.request(
      '/v1/freeze',
      { method: 'PUT', headers: { 'content-type': 'application/json', ...headers }, body: '{"frozen":false}' },
      { incoming: { socket: { remoteAddress: '203.0.113.9' } } },
    );
  const statuses = [await call({}), await call({ authorization: 'Bearer secret' }), await app.request('/health/live')].map(
    ({ status }) => status,
  );
  expect(statuses).toEqual([401, 403, 200]);
  const what = 'PUT /v1/freeze';
  expect(noted).toEqual([
    {
      status: 401,
      actor: { kind: 'unknown', name: '' },
      address: '203.0.113.9',
      requestId: expect.any(String),
      what,
      why: expect.stringContaining('send a token'),
    },
    {
      status: 403,
      actor: { kind: 'token', name: 'ci' },
      address: '203.0.113.9',
      requestId: expect.any(String),
      what,
      why: expect.stringContaining('may not operate'),
    },
  ]);
});
