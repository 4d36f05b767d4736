import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Token } from '../../src/api/auth.ts';
import type { ApiDeps } from '../../src/api/deps.ts';
import { AppError } from '../../src/core/base/errors.ts';
import { createFindClient } from '../../src/net/client-address.ts';
import type { AuditRow } from '../../src/ports/audit-trail.ts';
import { planFor } from '../../src/usecases/plan-for.ts';
import { bookPolicy } from '../contracts/store-rule-books.ts';
import { register, ruleSet } from '../store/fixtures.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';
import { createFakeLog } from '../support/fake-meter.ts';
import { aReadingApi } from '../support/reading-api.ts';

const secret = 'a-secret-of-many-characters';
const ops: Token = {
  name: 'ops',
  sha256: createHash('sha256').update(secret).digest('hex'),
  verbs: ['register', 'read', 'operate'],
  services: [],
  environments: [],
};

let database: TestDatabase;
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.close());
let seen = 0;
beforeEach(async () => {
  seen = (await database.store.auditRows({ scopes: [{ services: [], environments: [] }], order: 'newest', limit: 1 }))[0]?.seq ?? 0;
});

/** The rows since the beginning of the test. */
async function rows(): Promise<readonly AuditRow[]> {
  return await database.store.auditRows({ scopes: [{ services: [], environments: [] }], order: 'oldest', after: seen, limit: 100 });
}

function anApi(rest: Partial<ApiDeps> = {}) {
  const app = aReadingApi(database.store, [ops], {
    ruleSetFor: (service) => ({ ...ruleSet, service, rollback: null }),
    planFor: (rules, now) => planFor(rules, now, { policy: bookPolicy, providers: new Map() }),
    warningsFor: async () => [],
    findClient: createFindClient(['10.0.0.1']),
    ...rest,
  });
  return async (method: string, path: string, body?: object) => {
    const headers = {
      authorization: `Bearer ${secret}`,
      'x-forwarded-for': '198.51.100.7',
      'x-request-id': 'r-7',
      ...(body && { 'content-type': 'application/json' }),
    };
    const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
    const answer = await app.request(path, init, { incoming: { socket: { remoteAddress: '10.0.0.1' } } });
    return { status: answer.status, body: JSON.parse((await answer.text()) || 'null') };
  };
}

const origin = { actor: { kind: 'token', name: 'ops' }, requestId: 'r-7', address: '198.51.100.7' };

test('a freeze and its lift leave rows, also where the freeze was replaced, and lines in the log', async () => {
  const { log, lines } = createFakeLog();
  const call = anApi({ log });
  await call('PUT', '/v1/freeze', { frozen: true, service: 'shop', why: 'a sale' });
  await call('PUT', '/v1/freeze', { frozen: true, service: 'shop', why: 'a longer sale' });
  await call('PUT', '/v1/freeze', { frozen: false, service: 'shop' });
  await call('PUT', '/v1/freeze', { frozen: false, service: 'shop' });
  expect(await rows()).toMatchObject([
    { ...origin, verb: 'freeze', place: { service: 'shop', environment: null }, outcome: 'done', detail: 'a sale' },
    { ...origin, verb: 'freeze', detail: 'a longer sale' },
    { ...origin, verb: 'lift', place: { service: 'shop', environment: null } },
  ]);
  const told = lines.filter(({ level }) => level === 'info').map(({ message, fields }) => [message, fields.by, fields.requestId]);
  expect(told).toEqual([
    ['automatic rollbacks frozen', 'ops', 'r-7'],
    ['automatic rollbacks frozen', 'ops', 'r-7'],
    ['freeze lifted', 'ops', 'r-7'],
  ]);
});

test.for([
  { verb: 'approve', state: 'awaiting_approval', body: undefined, detail: '' },
  { verb: 'cancel', state: 'baking', body: undefined, detail: '' },
  { verb: 'pass', state: 'baking', body: { why: 'looked at it' }, detail: 'looked at it' },
  { verb: 'extend', state: 'baking', body: { by: '10m' }, detail: 'by 10m' },
  { verb: 'mark', state: 'failed', body: { kind: 'false_alarm', why: 'a test' }, detail: 'false_alarm: a test' },
] as const)('$verb leaves a row with its deploy, and a repetition that is refused leaves none', async ({ verb, state, body, detail }) => {
  const call = anApi();
  const { deploy } = await register(database.store, { service: `audited-${verb}` }, state);
  expect((await call('POST', `/v1/deploys/${deploy.id}/${verb}`, body)).status).toBe(200);
  const place = { service: deploy.service, environment: deploy.environment };
  expect(await rows()).toMatchObject([{ ...origin, verb, place, deployId: deploy.id, outcome: 'done', detail }]);
  if (verb === 'extend' || verb === 'pass') return; // These may be repeated.
  await call('POST', `/v1/deploys/${deploy.id}/${verb}`, body);
  expect(await rows()).toHaveLength(1);
});

test('a rollback that is ordered by hand', async () => {
  const call = anApi();
  const service = 'audited-rollback';
  await register(database.store, { service, version: 'v0' }, 'passed');
  const { deploy } = await register(database.store, { service, version: 'v1', registeredAt: Date.now() }, 'baking');
  expect((await call('POST', `/v1/deploys/${deploy.id}/rollback`, { why: 'customers call' })).status).toBe(200);
  expect(await rows()).toMatchObject([{ ...origin, verb: 'rollback', deployId: deploy.id, detail: 'customers call' }]);
});

test('a registration leaves a row only where it disarms or overrides something', async () => {
  const call = anApi();
  const place = { service: 'audited-register', environment: 'production' };
  await call('POST', '/v1/deploys', { ...place, version: 'v1' });
  await call('POST', '/v1/deploys', { ...place, version: 'v2', migrations: 'irreversible' });
  await call('POST', '/v1/deploys', { ...place, version: 'v3', cause: 'rollback', force: true });
  await call('POST', '/v1/adopt', { ...place, version: 'v4' });
  expect(await rows()).toMatchObject([
    { ...origin, verb: 'register', place, detail: 'v2, migrations: irreversible' },
    { ...origin, verb: 'register', place, detail: 'v3, cause: rollback, forced' },
    { ...origin, verb: 'adopt', place, detail: 'v4' },
  ]);
});

test('a test of a notifier leaves a row with its outcome', async () => {
  const result = { notifier: 'team', type: 'slack', reason: 'away', tookMs: 1, title: 't', rules: { kind: 'send' } } as const;
  const call = anApi({ testNotifier: async ({ topic }) => ({ ...result, topic, ok: false, outcome: 'unreachable' }) });
  await call('POST', '/v1/notifiers/team/test', { service: 'shop' });
  expect(await rows()).toMatchObject([{ ...origin, verb: 'notifier.test', outcome: 'failed', detail: 'team, unhealthy: unreachable' }]);
});

test('what was done stays done where its row cannot be written; the log has the entry', async () => {
  const { log, lines } = createFakeLog();
  const result = { notifier: 'team', type: 'slack', reason: null, tookMs: 1, title: 't', rules: { kind: 'send' } } as const;
  const away = { ...database.store, recordAudit: () => Promise.reject(new AppError('unavailable', 'away')) };
  const call = anApi({ log, store: away, testNotifier: async ({ topic }) => ({ ...result, topic, ok: true, outcome: 'delivered' }) });
  expect((await call('POST', '/v1/notifiers/team/test', {})).status).toBe(200);
  expect(lines.filter(({ level }) => level === 'error')).toMatchObject([{ fields: { entry: { verb: 'notifier.test', outcome: 'done' } } }]);
});
