import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Token } from '../../src/api/auth.ts';
import type { AuditEntry } from '../../src/ports/audit-trail.ts';
import { aDatabase, administer, type TestDatabase } from '../support/database.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { aReadingApi } from '../support/reading-api.ts';

const t0 = Date.parse('2026-11-20T12:00:00Z');
const aToken = (name: string, rest: Partial<Token> = {}): Token => ({
  name,
  sha256: createHash('sha256').update(`secret of ${name}`.replaceAll(' ', '-')).digest('hex'),
  verbs: ['read'],
  services: [],
  environments: [],
  ...rest,
});
const tokens = [
  aToken('all'),
  aToken('shop', { services: ['shop'] }),
  aToken('staging', { environments: ['staging'] }),
  aToken('ci', { verbs: ['register'] }),
];

const entry: AuditEntry = {
  at: t0,
  actor: { kind: 'token', name: 'ops' },
  verb: 'freeze',
  place: { service: 'shop', environment: null },
  outcome: 'done',
  detail: 'a sale',
  requestId: 'r-1',
  address: '192.0.2.7',
};
const entries: readonly AuditEntry[] = [
  entry,
  { ...entry, at: t0 + 60_000, verb: 'lift', detail: '' },
  {
    ...entry,
    at: t0 + 3_600_000,
    verb: 'pass',
    place: { service: 'pay', environment: 'staging' },
    deployId: 'd1',
    actor: { kind: 'person', name: 'ana' },
  },
  { ...entry, at: t0 + 7_200_000, verb: 'reload', place: null, outcome: 'failed' },
];

let database: TestDatabase;
beforeAll(async () => {
  database = await aDatabase();
  for (const one of entries) await database.store.recordAudit(one);
});
afterAll(() => database.close());

async function get(path: string, token = 'all') {
  const api = aReadingApi(database.store, tokens, { clock: createManualClock(t0 + 86_400_000) });
  const answer = await api.request(path, { headers: { authorization: `Bearer secret-of-${token}` } });
  const text = await answer.text();
  return {
    status: answer.status,
    type: answer.headers.get('content-type'),
    text,
    body: text.startsWith('{') ? JSON.parse(text.split('\n')[0] ?? '') : null,
  };
}
const verbsOf = async (path: string, token?: string) => (await get(path, token)).body.rows.map(({ verb }: { verb: string }) => verb);

test('a row has all that is known, with its hashes', async () => {
  const { body } = await get('/v1/audit?verb=pass');
  expect(body).toEqual({
    rows: [
      {
        seq: 3,
        at: '2026-11-20T13:00:00.000Z',
        actor: { kind: 'person', name: 'ana' },
        verb: 'pass',
        service: 'pay',
        environment: 'staging',
        deploy: 'd1',
        outcome: 'done',
        count: 1,
        detail: 'a sale',
        request_id: 'r-1',
        address: '192.0.2.7',
        previous_hash: expect.stringMatching(/^[0-9a-f]{64}$/),
        hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    ],
    next: null,
  });
});

test.for([
  { token: 'all', seen: ['reload', 'pass', 'lift', 'freeze'] },
  { token: 'shop', seen: ['lift', 'freeze'] },
  { token: 'staging', seen: ['pass', 'lift', 'freeze'] },
])('the token $token sees what it may read', async ({ token, seen }) => {
  expect(await verbsOf('/v1/audit', token)).toEqual(seen);
  const lines = (await get('/v1/audit/export', token)).text.trim().split('\n');
  expect(lines.map((line) => JSON.parse(line).verb)).toEqual(seen.toReversed());
});

test('a page is full where there are rows, and names the next one', async () => {
  const first = await get('/v1/audit?limit=1', 'shop');
  expect(first.body).toMatchObject({ rows: [{ verb: 'lift' }], next: 2 });
  expect((await get('/v1/audit?limit=1&cursor=2', 'shop')).body).toMatchObject({ rows: [{ verb: 'freeze' }], next: null });
});

test.for([
  { query: 'service=shop', seen: ['lift', 'freeze'] },
  { query: 'environment=staging', seen: ['pass'] },
  { query: 'actor=ana', seen: ['pass'] },
  { query: 'since=2026-11-20T13:00:00Z', seen: ['reload', 'pass'] },
  { query: 'since=23h&until=22h30m', seen: ['pass'] },
  { query: 'until=2026-11-20T14:00:00%2B02:00', seen: [] },
])('$query', async ({ query, seen }) => {
  expect(await verbsOf(`/v1/audit?${query}`)).toEqual(seen);
});

test.for([
  '/v1/audit?since=yesterday',
  '/v1/audit?cursor=0',
  '/v1/audit?verbs=x',
  '/v1/audit/export?limit=3',
  '/v1/audit/export?until=x',
  '/v1/audit/verify?seq=1',
  '/v1/audit/verify?seq=1&hash=x',
])('%s is refused with the reason', async (path) => {
  expect(await get(path)).toMatchObject({ status: 400, body: { detail: expect.stringContaining('query') } });
});

test('a token that may not read sees nothing, and only one that may read everything verifies', async () => {
  for (const path of ['/v1/audit', '/v1/audit/export', '/v1/audit/verify']) expect((await get(path, 'ci')).status).toBe(403);
  expect((await get('/v1/audit/verify', 'shop')).status).toBe(403);
  expect((await get('/v1/audit/verify', 'unknown')).status).toBe(401);
});

test('an export has every row, also beyond a page of the server', async () => {
  const { store, close } = await aDatabase();
  for (let i = 0; i < 501; i += 1) await store.recordAudit({ ...entry, at: t0 + i });
  const answer = await aReadingApi(store, tokens).request('/v1/audit/export', { headers: { authorization: 'Bearer secret-of-all' } });
  expect(answer.headers.get('content-type')).toBe('application/jsonl');
  const rows = (await answer.text())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(rows.map(({ seq }) => seq)).toEqual(Array.from({ length: 501 }, (_, i) => i + 1));
  for (const [i, { previous_hash }] of rows.slice(1).entries()) expect(previous_hash).toBe(rows[i]?.hash);
  await close();
});

test('verify says that the chain is whole, or where it is broken', async () => {
  const { body } = await get('/v1/audit/verify');
  expect(body).toMatchObject({ ok: true, rows: 4, first: 1, head: { seq: 4 }, fault: null });
  const noted = `/v1/audit/verify?seq=4&hash=${body.head.hash}`;
  expect((await get(noted)).body.ok).toBe(true);
  await administer(
    database.url,
    `alter table bakewatch.audit disable trigger user; update bakewatch.audit set detail = 'no sale' where seq = 2; alter table bakewatch.audit enable trigger user`,
  );
  expect((await get('/v1/audit/verify')).body).toMatchObject({
    ok: false,
    fault: { seq: 2, why: 'its fields are not those that were written' },
  });
});
