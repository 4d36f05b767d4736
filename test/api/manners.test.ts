import { afterAll, beforeAll, expect, test } from 'vitest';
import { register } from '../store/fixtures.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';
import { aReadingApi } from '../support/reading-api.ts';

let database: TestDatabase;
let id: string;
beforeAll(async () => {
  database = await aDatabase();
  id = (await register(database.store, {}, 'baking')).deploy.id;
});
afterAll(() => database.close());

const call = (method: string, path: string, headers: Readonly<Record<string, string>> = {}, body?: string) =>
  aReadingApi(database.store).request(path.replace('ID', id), {
    method,
    headers: { host: 'localhost:8700', ...headers },
    ...(body !== undefined && { body }),
  });

test.for([
  { method: 'DELETE', path: '/v1/deploys', allow: 'GET, HEAD, POST' },
  { method: 'POST', path: '/v1/deploys/ID', allow: 'GET, HEAD' },
  { method: 'GET', path: '/v1/deploys/ID/cancel', allow: 'POST' },
  { method: 'OPTIONS', path: '/v1/freeze', allow: 'GET, HEAD, PUT' },
  { method: 'POST', path: '/v1/audit/export', allow: 'GET, HEAD' },
  { method: 'POST', path: '/metrics', allow: 'GET, HEAD' },
])('$method $path is 405 with the methods that there are', async ({ method, path, allow }) => {
  const answer = await call(method, path);
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, allow]);
});

test('a path that is not there is 404 for every method', async () => {
  for (const method of ['GET', 'POST', 'DELETE']) expect((await call(method, '/v1/nothing')).status).toBe(404);
});

test.for([
  { name: 'gzip', headers: { 'content-encoding': 'gzip' }, status: 415 },
  { name: 'identity', headers: { 'content-encoding': 'identity' }, status: 200 },
  { name: 'UTF-16', headers: { 'content-type': 'application/json; charset=utf-16' }, status: 415 },
  { name: 'a quoted charset', headers: { 'content-type': 'application/json;charset="UTF-16"' }, status: 415 },
  { name: 'UTF-8', headers: { 'content-type': 'application/json; charset=UTF-8' }, status: 200 },
])('a body with $name: $status', async ({ headers, status }) => {
  const body = JSON.stringify({ frozen: true, service: 'shop', why: 'a sale' });
  const answer = await call('PUT', '/v1/freeze', { 'content-type': 'application/json', ...headers }, body);
  expect(answer.status).toBe(status);
});

test.for([
  '/v1/deploys',
  '/v1/deploys/ID',
  '/v1/deploys/ID/wait',
  '/v1/deploys/ID/recording',
  '/v1/deploys/ID/report',
  '/v1/events',
  '/v1/services',
  '/v1/services/shop',
  '/v1/freeze',
  '/v1/audit',
  '/v1/audit/export',
  '/v1/tokens',
])('GET %s refuses a query field that it does not have', async (path) => {
  const answer = await call('GET', `${path}?servce=shop`);
  expect([answer.status, await answer.json()]).toEqual([
    400,
    expect.objectContaining({ detail: expect.stringMatching(/^query: there is no field "servce"/) }),
  ]);
});

test('a query field that is given twice is refused', async () => {
  const answer = await call('GET', '/v1/deploys?limit=1&limit=2');
  expect(await answer.json()).toMatchObject({ status: 400, detail: 'query: "limit" is given more than once' });
});

test.for(['', '/wait', '/recording', '/report'])('what is not an id is 404: /v1/deploys/abc%s', async (rest) => {
  expect((await call('GET', `/v1/deploys/abc${rest}`)).status).toBe(404);
});
