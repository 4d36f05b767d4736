import { afterAll, beforeAll, expect, test } from 'vitest';
import { anApi } from '../support/an-api.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.close());

const paths = ['/', '/v1/services', '/v1/deploys', '/metrics', '/openapi.json'];
const tokens = [{ name: 'ci', sha256: '0'.repeat(64), verbs: ['read'], services: [], environments: [] }] as const;

async function ask(path: string, headers: Record<string, string>, rest: Parameters<typeof anApi>[1] = {}) {
  const response = await anApi(database.store, rest).request(path, { headers: { host: '127.0.0.1:8700', ...headers } });
  return { status: response.status, text: await response.text() };
}

test.for(paths)('an open server shows %s to this machine', async (path) => {
  expect((await ask(path, {})).status).toBe(200);
});

test.for(
  ['Forwarded', 'X-Forwarded-For', 'X-Forwarded-Proto', 'X-Forwarded-Host', 'X-Real-IP', 'Via'].flatMap((header) =>
    paths.map((path) => [header, path] as const),
  ),
)('an open server refuses a request with %s for %s', async ([header, path]) => {
  const { status, text } = await ask(path, { [header]: '203.0.113.9' });
  expect(status).toBe(403);
  expect(JSON.parse(text).detail).toBe(
    `a proxy has forwarded this request (${header.toLowerCase()}), and a server without tokens trusts every caller: add \`tokens\` or \`sign_in\` to its config`,
  );
});

test.for(paths)('an open server does not show %s under the name of another site', async (path) => {
  expect((await ask(path, { host: 'rebound.example' })).status).toBe(403);
});

test('a probe through a proxy sees whether the server lives', async () => {
  expect((await ask('/health/live', { 'X-Forwarded-For': '203.0.113.9' })).status).toBe(200);
});

test('a server with tokens or a sign-in may stand behind a proxy', async () => {
  const forwarded = { 'X-Forwarded-For': '203.0.113.9' };
  expect((await ask('/metrics', forwarded, { tokens })).status).toBe(200);
  expect((await ask('/metrics', forwarded, { hasSignIn: () => true })).status).toBe(200);
  expect((await ask('/v1/deploys', forwarded, { hasSignIn: () => true })).status).toBe(401);
});
