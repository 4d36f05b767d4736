import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Token } from '../../src/api/auth.ts';
import { AppError } from '../../src/core/base/errors.ts';
import type { Store } from '../../src/ports/store.ts';
import { createStoredTokens } from '../../src/usecases/stored-tokens.ts';
import { aDatabase, silentLog, type TestDatabase } from '../support/database.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { aReadingApi } from '../support/reading-api.ts';

const t0 = 1_800_000_000_000;
const day = 86_400_000;
let database: TestDatabase;
beforeEach(async () => {
  database = await aDatabase();
});
afterEach(() => database.close());

/** A server on the database of the test; several are replicas. */
function aServer({ tokens = [], store = database.store }: { tokens?: readonly Token[]; store?: Store } = {}) {
  const clock = createManualClock(t0);
  const storedTokens = createStoredTokens({ store, clock, log: silentLog });
  const api = aReadingApi(store, tokens, { clock, storedTokens });
  const call = async (method: string, path: string, { body, token }: { body?: object; token?: string } = {}) => {
    const headers = {
      host: 'localhost:8700',
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    };
    const response = await api.request(path, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
    return {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as Record<string, unknown> & { secret: string; detail: string },
    };
  };
  return { call, clock, storedTokens };
}

const admin = { name: 'chief', verbs: ['admin', 'read'], expires: 'never' };
const ci = { name: 'ci', verbs: ['register', 'read'], services: ['shop'], expires: '90d' };
const configured: Token = {
  name: 'screen',
  sha256: createHash('sha256').update('screen-secret-01234').digest('hex'),
  verbs: ['read'],
  services: [],
  environments: [],
};

async function closed() {
  const server = aServer();
  const { body } = await server.call('POST', '/v1/tokens', { body: admin });
  return { ...server, root: body.secret };
}

describe('the first token', () => {
  test('is created by everyone on the machine, and closes every replica at once', async () => {
    const [one, two] = [aServer(), aServer()];
    for (const { call } of [one, two]) expect((await call('GET', '/v1/deploys')).status).toBe(200);
    const made = await one.call('POST', '/v1/tokens', { body: admin });
    expect(made).toMatchObject({
      status: 201,
      body: { closes: true, token: { name: 'chief', state: 'active', created_by: 'local', expires_at: null } },
    });
    expect(made.body.secret).toMatch(/^bw_[0-9A-Za-z]{61}$/);
    expect(made.headers.get('cache-control')).toBe('no-store');
    for (const { call } of [one, two]) {
      expect(await call('GET', '/v1/deploys')).toMatchObject({ status: 401, body: { detail: expect.stringContaining('send a token') } });
      expect((await call('GET', '/v1/deploys', { token: made.body.secret })).status).toBe(200);
      expect((await call('POST', '/v1/tokens', { body: { ...admin, name: 'other' } })).status).toBe(401);
    }
  });

  test('must be able to create others', async () => {
    const { call } = aServer();
    for (const body of [ci, { ...admin, services: ['shop'] }, { ...admin, environments: ['staging'] }]) {
      expect(await call('POST', '/v1/tokens', { body })).toMatchObject({
        status: 409,
        body: { detail: expect.stringContaining('`admin`') },
      });
    }
    expect((await call('GET', '/v1/deploys')).status).toBe(200);
  });

  test('closes the server for good: also when it is revoked', async () => {
    const { call, root } = await closed();
    expect(await call('DELETE', '/v1/tokens/chief', { token: root })).toMatchObject({
      status: 200,
      body: { state: 'revoked', revoked_by: 'chief' },
    });
    expect(await call('GET', '/v1/deploys', { token: root })).toMatchObject({
      status: 401,
      body: { detail: 'the token chief was revoked' },
    });
    expect((await aServer().call('GET', '/v1/deploys')).status).toBe(401);
  });
});

describe('a token of the database', () => {
  test('may do what it was created for, on every replica, until it is revoked on one', async () => {
    const { call, root } = await closed();
    const other = aServer();
    const { secret } = (await call('POST', '/v1/tokens', { body: ci, token: root })).body;
    expect((await other.call('GET', '/v1/deploys?service=shop', { token: secret })).status).toBe(200);
    expect((await other.call('GET', '/v1/tokens', { token: secret })).status).toBe(403);
    expect((await call('DELETE', '/v1/tokens/ci', { token: root })).status).toBe(200);
    expect(await other.call('GET', '/v1/deploys', { token: secret })).toMatchObject({
      status: 401,
      body: { detail: 'the token ci was revoked' },
    });
    expect((await call('DELETE', '/v1/tokens/ci', { token: root })).status).toBe(404);
  });

  test('ends with its life', async () => {
    const { call, clock, root } = await closed();
    const { secret } = (await call('POST', '/v1/tokens', { body: ci, token: root })).body;
    clock.set(t0 + 90 * day - 1);
    expect((await call('GET', '/v1/deploys', { token: secret })).status).toBe(200);
    clock.set(t0 + 90 * day);
    expect(await call('GET', '/v1/deploys', { token: secret })).toMatchObject({
      status: 401,
      body: { detail: 'the token ci has expired' },
    });
  });

  test('has two secrets while it is rotated, and the old one says that it was replaced', async () => {
    const { call, clock, root } = await closed();
    const old = (await call('POST', '/v1/tokens', { body: ci, token: root })).body.secret;
    clock.set(t0 + day);
    const rotated = await call('POST', '/v1/tokens/ci/rotate', { body: { overlap: '2h' }, token: root });
    expect(rotated.body).toMatchObject({
      token: { expires_at: new Date(t0 + 91 * day).toISOString(), old_secret_expires_at: new Date(t0 + day + 7_200_000).toISOString() },
    });
    const statuses = async () => [
      await call('GET', '/v1/deploys', { token: old }),
      await call('GET', '/v1/deploys', { token: rotated.body.secret }),
    ];
    expect((await statuses()).map(({ status }) => status)).toEqual([200, 200]);
    clock.set(t0 + day + 7_200_000);
    const [before, after] = await statuses();
    expect(before).toMatchObject({ status: 401, body: { detail: 'the token ci was rotated: use its new secret' } });
    expect(after?.status).toBe(200);
    await call('POST', '/v1/tokens/ci/rotate', { body: { overlap: '0s' }, token: root });
    expect((await call('GET', '/v1/deploys', { token: rotated.body.secret })).status).toBe(401);
  });

  test('leaves a row in the audit trail for each change, and none of them has a secret', async () => {
    const { call, root } = await closed();
    const { secret } = (await call('POST', '/v1/tokens', { body: ci, token: root })).body;
    await call('POST', '/v1/tokens/ci/rotate', { body: {}, token: root });
    await call('DELETE', '/v1/tokens/ci', { token: root });
    await call('DELETE', '/v1/tokens/ci', { token: root });
    const rows = await database.store.auditRows({ scopes: [{ services: [], environments: [] }], order: 'oldest', limit: 10 });
    const by = { kind: 'token', name: 'chief' };
    const detail = 'ci: register, read for shop in all environments';
    expect(rows).toMatchObject([
      { verb: 'token.create', actor: { kind: 'local' }, detail: 'chief: admin, read for all services in all environments' },
      { verb: 'token.create', actor: by, detail },
      { verb: 'token.rotate', actor: by, detail },
      { verb: 'token.revoke', actor: by, detail },
    ]);
    for (const one of [root, secret]) expect(JSON.stringify(rows)).not.toContain(one);
  });

  test('is not known with a secret that was cut, mistyped, guessed, or has the id of another one', async () => {
    const { call, root } = await closed();
    const wrong = `${root.slice(0, 30)}${root[30] === 'a' ? 'b' : 'a'}${root.slice(31)}`;
    for (const token of [root.slice(0, -1), wrong, `${root}a`]) {
      expect(await call('GET', '/v1/deploys', { token })).toMatchObject({
        status: 401,
        body: { detail: expect.stringContaining('damaged') },
      });
    }
    expect(await call('GET', '/v1/deploys', { token: 'guess' })).toMatchObject({ status: 401, body: { detail: 'the token is not known' } });
  });

  test('is written down as used once a minute, after the answer', async () => {
    const { call, clock, root, storedTokens } = await closed();
    const lastUsed = async () => {
      await storedTokens.settle();
      return (await database.store.tokens())[0]?.secrets[0]?.lastUsedAt;
    };
    expect(await lastUsed()).toBeNull();
    for (const [after, expected] of [
      [0, 0],
      [59_999, 0],
      [60_000, 60_000],
    ] as const) {
      clock.set(t0 + after);
      await call('GET', '/v1/deploys', { token: root });
      expect(await lastUsed()).toBe(t0 + expected);
    }
  });
});

describe('who may manage which tokens', () => {
  test('an admin of one service manages tokens of that service only, and learns nothing of others', async () => {
    const { call, root } = await closed();
    const lead = { name: 'lead', verbs: ['admin'], services: ['shop', 'cart'], expires: '1d' };
    const token = (await call('POST', '/v1/tokens', { body: lead, token: root })).body.secret;
    const create = async (body: object) => (await call('POST', '/v1/tokens', { body, token })).status;
    expect(await create(ci)).toBe(201);
    expect(await create({ ...ci, name: 'two', services: ['cart', 'shop'], environments: ['staging'] })).toBe(201);
    for (const services of [undefined, ['pay'], ['shop', 'pay']]) expect(await create({ ...ci, name: 'x', services })).toBe(403);
    expect((await call('GET', '/v1/tokens', { token })).body.tokens).toMatchObject([{ name: 'ci' }, { name: 'lead' }, { name: 'two' }]);
    for (const [method, path] of [
      ['DELETE', '/v1/tokens/chief'],
      ['POST', '/v1/tokens/chief/rotate'],
      ['DELETE', '/v1/tokens/nobody'],
    ] as const) {
      expect((await call(method, path, { token, ...(method === 'POST' && { body: {} }) })).status).toBe(404);
    }
  });

  test('tokens of the config are listed, and changed in the config only', async () => {
    const server = aServer({
      tokens: [
        configured,
        { ...configured, name: 'boss', verbs: ['admin'], sha256: createHash('sha256').update('boss-secret-0123456').digest('hex') },
      ],
    });
    const token = 'boss-secret-0123456';
    expect((await server.call('GET', '/v1/tokens', { token })).body.tokens).toMatchObject([
      { name: 'screen', source: 'config', state: 'active' },
      { name: 'boss', source: 'config' },
    ]);
    expect(await server.call('DELETE', '/v1/tokens/screen', { token })).toMatchObject({ status: 409 });
    expect(await server.call('POST', '/v1/tokens', { token, body: { ...ci, name: 'screen' } })).toMatchObject({ status: 409 });
    // It is not the first caller, so that its token need not be an admin, and nothing is closed by it.
    expect(await server.call('POST', '/v1/tokens', { token, body: ci })).toMatchObject({ status: 201, body: { closes: false } });
  });

  test('a token of the config ends when the config says so', async () => {
    const { call, clock } = aServer({ tokens: [{ ...configured, expiresAt: t0 + day }] });
    expect((await call('GET', '/v1/deploys', { token: 'screen-secret-01234' })).status).toBe(200);
    clock.set(t0 + day);
    expect(await call('GET', '/v1/deploys', { token: 'screen-secret-01234' })).toMatchObject({
      status: 401,
      body: { detail: expect.stringContaining('the token screen has expired') },
    });
  });

  test.for([
    { name: 'no end', body: { name: 'a', verbs: ['read'] }, says: 'body.expires' },
    { name: 'an end without a unit', body: { name: 'a', verbs: ['read'], expires: '90' }, says: 'body.expires' },
    { name: 'an end after a second', body: { name: 'a', verbs: ['read'], expires: '1s' }, says: 'body.expires' },
    { name: 'no verb', body: { name: 'a', verbs: [], expires: '1d' }, says: 'body.verbs' },
    { name: 'an unknown verb', body: { name: 'a', verbs: ['chief'], expires: '1d' }, says: 'body.verbs' },
    { name: 'a name with a space', body: { name: 'a b', verbs: ['read'], expires: '1d' }, says: 'body.name' },
  ])('$name is refused', async ({ body, says }) => {
    const { call } = aServer();
    expect(await call('POST', '/v1/tokens', { body })).toMatchObject({ status: 400, body: { detail: expect.stringContaining(says) } });
  });
});

describe('while the database is away', () => {
  const away = async () => {
    throw new AppError('unavailable', 'the database cannot be reached');
  };

  test('tokens of the config are known; whether one of the database is right cannot be said', async () => {
    const { root } = await closed();
    const { call } = aServer({
      tokens: [{ ...configured, verbs: ['alert'] }],
      store: { ...database.store, findSecret: away, hasTokens: away },
    });
    // It is known, and lacks a right: this is said without the database.
    expect((await call('GET', '/v1/deploys', { token: 'screen-secret-01234' })).status).toBe(403);
    expect(await call('GET', '/v1/deploys', { token: root })).toMatchObject({
      status: 503,
      body: { detail: expect.stringContaining('cannot be checked') },
    });
    expect((await call('GET', '/v1/deploys', { token: 'guess' })).status).toBe(401);
  });

  test('a server that may be open lets nobody in', async () => {
    const { call } = aServer({ store: { ...database.store, hasTokens: away } });
    expect((await call('GET', '/v1/deploys')).status).toBe(503);
  });
});
