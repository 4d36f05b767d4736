import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Token } from '../../src/api/auth.ts';
import { openSignIn } from '../../src/app/open-sign-in.ts';
import type { Grant } from '../../src/core/base/grant.ts';
import type { Log } from '../../src/core/base/log.ts';
import { createHttp } from '../../src/net/http.ts';
import { createStoredTokens } from '../../src/usecases/stored-tokens.ts';
import { mintSecret } from '../../src/usecases/token-secret.ts';
import { createTokenSignIn } from '../../src/usecases/token-sign-in.ts';
import { createPages } from '../../src/web/pages.ts';
import { register } from '../store/fixtures.ts';
import { anApi } from '../support/an-api.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';
import { createManualClock } from '../support/manual-clock.ts';

const base = 'http://127.0.0.1:8700';
const own = { 'sec-fetch-site': 'same-origin', origin: base };
const day = 86_400_000;

let database: TestDatabase;
const http = createHttp();
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(async () => {
  await http.close();
  await database.close();
});
beforeEach(async () => {
  for (const { id } of await database.store.sessions()) await database.store.endSession(id);
});

const reads = (...services: readonly string[]): Grant => ({ verbs: ['read', 'operate'], services, environments: [] });
const configToken = (name: string, secret: string, grant: Grant): Token => ({
  ...grant,
  name,
  sha256: createHash('sha256').update(secret).digest('hex'),
});

/** A server without an identity provider, whose config has these tokens. `lines`: what it has logged. */
function aServer(tokens: Token[]) {
  const { store } = database;
  const clock = createManualClock(Date.now());
  const lines: string[] = [];
  const write = (...said: readonly unknown[]) => lines.push(JSON.stringify(said));
  const log: Log = { debug: write, info: write, warn: write, error: write };
  const storedTokens = createStoredTokens({ store, clock, log });
  const { sessions, access, routes } = openSignIn({
    store,
    clock,
    http,
    log,
    config: () => null,
    tokens: createTokenSignIn({ configured: tokens, stored: storedTokens, now: clock.now }),
    baseUrl: base,
    stopping: new AbortController().signal,
  });
  const pages = createPages({ store, clock, baseUrl: base, access, signIn: routes });
  const api = anApi(store, { tokens, storedTokens, sessions, hasSignIn: access.hasSignIn, pages, baseUrl: base, clock, log });
  const jar = new Map<string, string>();
  const go = async (path: string, form?: Record<string, string>, headers: Record<string, string> = own) => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const sent = { host: '127.0.0.1:8700', accept: 'text/html', cookie, ...headers };
    const answer = await api.request(new URL(path, base).href, {
      headers: sent,
      ...(form && {
        method: 'POST',
        body: new URLSearchParams(form),
        headers: { ...sent, 'content-type': 'application/x-www-form-urlencoded' },
      }),
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0\b/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    return { status: answer.status, location: answer.headers.get('location'), text: await answer.text() };
  };
  return { clock, jar, go, lines, signIn: (token: string, returnTo = '/') => go('/auth/token', { token, return_to: returnTo }) };
}

/** Writes a token into the database, and returns its secret. */
async function storeToken(grant: Grant, now: number, lifeMs: number | null = null) {
  const { secret, digest } = mintSecret();
  const name = `t-${randomUUID().slice(0, 8)}`;
  const id = randomUUID();
  await database.store.createToken({ id, name, grant, lifeMs, createdAt: now, createdBy: 'ann', secret: digest, mustBeFirst: false });
  return { id, name, secret: secret.reveal() };
}

const secret = 'a long secret of the config, 0123456789';

test('a token of the config is exchanged for a session with its rights, and is written nowhere', async () => {
  const [mine, theirs] = [await register(database.store, { service: 'mine' }), await register(database.store, { service: 'theirs' })];
  const server = aServer([configToken('team', secret, reads(mine.deploy.service))]);
  expect(await server.go('/')).toMatchObject({ status: 303, location: '/sign-in?return_to=%2F' });
  expect((await server.go('/sign-in?return_to=%2Fdeploys')).text).toContain('action="/auth/token"');
  expect(await server.signIn(secret, '/deploys')).toMatchObject({ status: 303, location: '/deploys' });
  const list = (await server.go('/deploys')).text;
  expect(list).toContain(mine.deploy.id);
  expect(list).not.toContain(theirs.deploy.id);
  expect(await database.store.sessions()).toMatchObject([{ kind: 'token', name: 'team' }]);
  expect(JSON.stringify(await database.store.sessions())).not.toContain(createHash('sha256').update(secret).digest('hex'));
  const rows = await database.store.auditRows({ scopes: [{ services: [], environments: [] }], order: 'newest', limit: 1 });
  expect(rows[0]).toMatchObject({ verb: 'session.begin', actor: { kind: 'token', name: 'team' } });
  expect(server.lines.length).toBeGreaterThan(3);
  expect(server.lines.filter((line) => line.includes(secret))).toEqual([]);
  // A form of a page acts with the rights and the name of the token.
  const page = (await server.go(`/deploys/${mine.deploy.id}/act/cancel`)).text;
  const field = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(page)?.[1] ?? '';
  const form = { csrf: field('csrf'), version: field('version') };
  expect((await server.go(`/deploys/${mine.deploy.id}/act/cancel`, { ...form, csrf: 'other' })).status).toBe(403);
  expect((await server.go(`/deploys/${mine.deploy.id}/act/cancel`, form)).status).toBe(303);
  expect((await database.store.find(mine.deploy.id))?.bake).toMatchObject({ state: 'canceled', by: 'team' });
});

test('the session ends when its token leaves the config, gets another secret, or expires', async () => {
  const tokens = [configToken('team', secret, reads())];
  const server = aServer(tokens);
  const changes: readonly (() => Token[])[] = [
    () => [],
    () => [configToken('team', 'a new secret of the config, 0123456789', reads())],
    () => [{ ...configToken('team', secret, reads()), expiresAt: server.clock.now() - 1 }],
  ];
  for (const change of changes) {
    tokens.splice(0, tokens.length, configToken('team', secret, reads()), configToken('other', 'another secret, 0123456789', reads()));
    await server.signIn(secret);
    expect((await server.go('/deploys')).status).toBe(200);
    tokens.splice(0, 1, ...change());
    expect(await server.go('/deploys')).toMatchObject({ status: 303 });
    expect(server.jar.has('bakewatch')).toBe(false);
  }
});

test('the session ends when its token of the database is revoked or expires', async () => {
  const server = aServer([configToken('ops', secret, reads())]);
  const [short, revoked] = [await storeToken(reads(), server.clock.now(), day / 2), await storeToken(reads(), server.clock.now())];
  await server.signIn(revoked.secret);
  expect((await server.go('/deploys')).text).toContain(revoked.name);
  await database.store.revokeToken(revoked.id, { at: server.clock.now(), by: 'ann' });
  expect((await server.go('/deploys')).status).toBe(303);
  await server.signIn(short.secret);
  server.clock.advance(day / 4);
  expect((await server.go('/deploys')).status).toBe(200);
  server.clock.advance(day / 4 + 1);
  expect((await server.go('/deploys')).status).toBe(303);
  expect(await server.signIn(short.secret)).toMatchObject({
    status: 401,
    text: expect.stringContaining(`token ${short.name} has expired`),
  });
});

test('a wrong token, one that may not read, and the form of another site begin no session', async () => {
  const server = aServer([configToken('ci', secret, { verbs: ['register'], services: [], environments: [] })]);
  const wrong = await server.signIn('a wrong secret');
  expect(wrong).toMatchObject({ status: 401, text: expect.stringContaining('The token is not known.') });
  expect(wrong.text).not.toContain('a wrong secret');
  expect(await server.signIn(secret)).toMatchObject({ status: 401, text: expect.stringContaining('may not read') });
  const foreign = { 'sec-fetch-site': 'cross-site', origin: 'https://elsewhere.example' };
  expect((await server.go('/auth/token', { token: secret }, foreign)).status).toBe(403);
  expect(await database.store.sessions()).toEqual([]);
});

test('an address may try only a few tokens in a minute', async () => {
  const server = aServer([configToken('ci', secret, reads())]);
  const answers: number[] = [];
  for (let i = 0; i < 12; i++) answers.push((await server.signIn(`guess ${i}`)).status);
  expect(answers).toEqual([...Array(10).fill(401), 429, 429]);
  expect((await server.signIn(secret)).status).toBe(429);
});

test('a return address of another site is not followed', async () => {
  const server = aServer([configToken('ci', secret, reads())]);
  expect((await server.signIn(secret, '//elsewhere.example/a')).location).toBe('/');
});
