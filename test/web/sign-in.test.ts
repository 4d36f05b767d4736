import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openSignIn } from '../../src/app/open-sign-in.ts';
import { Secret } from '../../src/core/base/secret.ts';
import { createHttp, type Http } from '../../src/net/http.ts';
import type { RoleConfig, SignInConfig } from '../../src/rules/config.ts';
import { createStoredTokens } from '../../src/usecases/stored-tokens.ts';
import { createTokenSignIn } from '../../src/usecases/token-sign-in.ts';
import { createPages } from '../../src/web/pages.ts';
import { register } from '../store/fixtures.ts';
import { anApi } from '../support/an-api.ts';
import { aDatabase, silentLog, type TestDatabase } from '../support/database.ts';
import {
  clientSecret,
  clients,
  forgingHttp,
  passThrough,
  startIdentityProvider,
  type TestIdentityProvider,
} from '../support/identity-provider.ts';
import { createManualClock } from '../support/manual-clock.ts';

const base = 'http://127.0.0.1:8700';
const callback = `${base}/auth/callback`;
const everyone: RoleConfig = { holder: { kind: 'everyone', value: 'true' }, role: 'viewer', services: [], environments: [] };
const own = { 'sec-fetch-site': 'same-origin', origin: base };

let database: TestDatabase;
let provider: TestIdentityProvider;
const http = createHttp();
beforeAll(async () => {
  database = await aDatabase();
  provider = await startIdentityProvider(callback);
});
afterAll(async () => {
  await http.close();
  await provider.close();
  await database.close();
});
afterEach(async () => {
  for (const { id } of await database.store.sessions()) await database.store.endSession(id);
});

/** A server with a sign-in, and a config that the test may change. */
async function aServer({
  roles = [everyone],
  client = http,
  issuer = provider.issuer,
}: {
  roles?: readonly RoleConfig[];
  client?: Http;
  issuer?: string;
} = {}) {
  const oidc = {
    issuer,
    clientId: clients.own,
    clientSecret: new Secret(clientSecret),
    label: 'Acme',
    scopes: ['openid', 'email', 'groups'],
    groupsClaim: 'groups',
    trustsEmail: false,
    ca: null,
  };
  const config: { signIn: SignInConfig | null } = {
    signIn: { oidc, roles, session: { idleMs: 3_600_000, maxMs: 7_200_000 }, deployPages: 'signed_in' },
  };
  const manual = createManualClock(Date.now());
  // What waits for the provider waits until it answers.
  const sleep = (_: number, signal: AbortSignal) =>
    new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  const clock = { ...manual, sleep };
  const stopping = new AbortController().signal;
  const { store } = database;
  const { sessions, access, routes } = openSignIn({
    store,
    clock,
    http: client,
    log: silentLog,
    config: () => config.signIn,
    tokens: createTokenSignIn({
      configured: [],
      stored: createStoredTokens({ store, clock, log: silentLog }),
      now: clock.now,
    }),
    baseUrl: base,
    stopping,
  });
  const pages = createPages({ store, clock, baseUrl: base, access, signIn: routes });
  return { config, clock, api: anApi(store, { sessions, hasSignIn: access.hasSignIn, pages, baseUrl: base, clock }) };
}
type Served = Awaited<ReturnType<typeof aServer>>;

/** A browser: it keeps cookies, and follows no redirect by itself. */
function aBrowser({ api }: Pick<Served, 'api'>) {
  const jar = new Map<string, string>();
  const cookie = () => [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
  async function go(method: string, path: string, { headers = {}, body }: { headers?: Record<string, string>; body?: string } = {}) {
    const sent = {
      host: '127.0.0.1:8700',
      cookie: cookie(),
      ...headers,
      ...(body !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
    };
    const response = await api.request(new URL(path, base).href, { method, headers: sent, ...(body !== undefined && { body }) });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0\b/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    return { status: response.status, location: response.headers.get('location'), text: await response.text(), headers: response.headers };
  }
  const begin = async (returnTo = '/') => (await go('GET', `/auth/start?return_to=${encodeURIComponent(returnTo)}`)).location ?? '';
  return {
    jar,
    go,
    begin,
    /** Comes back from the provider, and returns the address with the code. */
    passed: async (returnTo = '/') => await passThrough(await begin(returnTo), callback),
    signIn: async (returnTo = '/') => await go('GET', await passThrough(await begin(returnTo), callback)),
  };
}

const session = 'bakewatch';

test('a person signs in at the provider, sees what the role allows, and signs out', async () => {
  const [mine, theirs] = [await register(database.store, { service: 'mine' }), await register(database.store, { service: 'theirs' })];
  const server = await aServer({ roles: [{ ...everyone, services: [mine.deploy.service] }] });
  provider.accounts.set('anna', { email: 'anna@example.com', email_verified: true });
  const browser = aBrowser(server);
  expect(await browser.go('GET', `/deploys/${mine.deploy.id}`)).toMatchObject({
    status: 303,
    location: `/sign-in?return_to=%2Fdeploys%2F${mine.deploy.id}`,
  });
  expect((await browser.go('GET', '/sign-in')).text).toContain('Continue with Acme');
  const address = new URL(await browser.begin());
  expect(Object.fromEntries(address.searchParams)).toMatchObject({
    response_type: 'code',
    code_challenge_method: 'S256',
    scope: 'openid email groups',
  });
  expect(await browser.signIn(`/deploys/${mine.deploy.id}`)).toMatchObject({ status: 303, location: `/deploys/${mine.deploy.id}` });
  expect((await browser.go('GET', `/deploys/${mine.deploy.id}`)).text).toContain('anna@example.com');
  expect((await browser.go('GET', `/deploys/${theirs.deploy.id}`)).status).toBe(404);
  const overview = await browser.go('GET', '/');
  expect(overview.text).toContain(mine.deploy.service);
  expect(overview.text).not.toContain(theirs.deploy.service);
  expect((await browser.go('GET', '/v1/deploys')).status).toBe(200);
  const kept = new Map(browser.jar);
  expect(await browser.go('POST', '/auth/sign-out', { headers: own })).toMatchObject({ status: 303, location: '/sign-in?notice=out' });
  expect((await browser.go('GET', '/sign-in?notice=out')).text).toContain(`${provider.issuer}/session/end`);
  // A copy of the cookie is worth nothing any more.
  for (const [name, value] of kept) browser.jar.set(name, value);
  expect((await browser.go('GET', '/v1/deploys')).status).toBe(401);
});

test('sign-ins and sign-outs are in the audit trail', async () => {
  provider.accounts.set('audited', { email: 'audited@example.com', email_verified: true });
  provider.who = 'audited';
  const browser = aBrowser(await aServer());
  await browser.signIn();
  await browser.go('POST', '/auth/sign-out', { headers: own });
  provider.who = 'anna';
  const rows = await database.store.auditRows({
    scopes: [{ services: [], environments: [] }],
    actor: 'audited@example.com',
    order: 'oldest',
    limit: 10,
  });
  expect(rows.map(({ verb, outcome, actor }) => [verb, outcome, actor.kind])).toEqual([
    ['session.begin', 'done', 'person'],
    ['session.end', 'done', 'person'],
  ]);
});

test('the cookie is for this server and no script, and its secret is not in the database', async () => {
  const browser = aBrowser(await aServer());
  const { headers } = await browser.signIn();
  expect(headers.getSetCookie().find((line) => line.startsWith(`${session}=`))).toMatch(
    /^bakewatch=[\w-]{43}; Max-Age=7200; Path=\/; HttpOnly; SameSite=Lax$/,
  );
  const secret = browser.jar.get(session) ?? '';
  expect(JSON.stringify(await database.store.sessions())).not.toContain(secret);
  expect(await database.store.findSession(createHash('sha256').update(secret).digest('hex'), Date.now())).not.toBeNull();
});

test('a secret that somebody has put into the browser before does not become a session', async () => {
  const server = await aServer();
  const [attacker, victim] = [aBrowser(server), aBrowser(server)];
  const planted = randomBytes(32).toString('base64url');
  victim.jar.set(session, planted);
  await victim.signIn();
  expect(victim.jar.get(session)).not.toBe(planted);
  attacker.jar.set(session, planted);
  expect((await attacker.go('GET', '/v1/deploys')).status).toBe(401);
});

test('a new sign-in ends the session that the browser had', async () => {
  const server = await aServer();
  const [browser, thief] = [aBrowser(server), aBrowser(server)];
  await browser.signIn();
  thief.jar.set(session, browser.jar.get(session) ?? '');
  await browser.signIn();
  expect((await thief.go('GET', '/v1/deploys')).status).toBe(401);
  expect((await browser.go('GET', '/v1/deploys')).status).toBe(200);
});

test('an answer of the provider counts once, and only in the browser that asked for it', async () => {
  const server = await aServer();
  const [browser, other] = [aBrowser(server), aBrowser(server)];
  const address = await browser.passed();
  const attempt = new Map(browser.jar);
  expect((await other.go('GET', address)).location).toBe('/sign-in?notice=lost');
  expect((await browser.go('GET', address)).location).toBe('/');
  expect((await browser.go('GET', address)).location).toBe('/sign-in?notice=lost');
  // A copy of the attempt does not help: the provider has given the code out once.
  for (const [name, value] of attempt) other.jar.set(name, value);
  expect((await other.go('GET', address)).location).toBe('/sign-in?notice=refused');
  expect(other.jar.has(session)).toBe(false);
});

test('an answer with another state, another nonce or another verifier signs nobody in', async () => {
  const server = await aServer();
  for (const field of ['state', 'nonce', 'verifier']) {
    const browser = aBrowser(server);
    const address = await browser.passed();
    const [[name = '', value = ''] = []] = [...browser.jar];
    const attempt = JSON.parse(Buffer.from(value, 'base64url').toString()) as Record<string, string>;
    browser.jar.set(name, Buffer.from(JSON.stringify({ ...attempt, [field]: 'x'.repeat(43) })).toString('base64url'));
    expect((await browser.go('GET', address)).location, field).toMatch(/^\/sign-in\?notice=(?:lost|refused)$/);
    expect(browser.jar.has(session), field).toBe(false);
  }
});

const strangersKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
test.for<[string, (claims: Record<string, unknown>) => object | string]>([
  ['for another audience', (claims) => ({ ...claims, aud: clients.other })],
  ['of another issuer', (claims) => ({ ...claims, iss: 'https://evil.example' })],
  ['with another nonce', (claims) => ({ ...claims, nonce: 'replayed' })],
  ['without a nonce', ({ nonce: _, ...claims }) => claims],
  ['that is too old', (claims) => ({ ...claims, iat: 1_000, exp: 2_000 })],
  [
    'signed by somebody else',
    (claims) => {
      const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const text = `${part({ alg: 'RS256', kid: 'one' })}.${part(claims)}`;
      return `${text}.${sign('sha256', Buffer.from(text), strangersKey).toString('base64url')}`;
    },
  ],
  [
    'without a signature',
    (claims) => `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.`,
  ],
])('an ID token %s signs nobody in', async ([, forge]) => {
  const honest = aBrowser(await aServer({ client: forgingHttp(http, provider, (claims) => claims) }));
  expect((await honest.signIn()).location).toBe('/');
  const browser = aBrowser(await aServer({ client: forgingHttp(http, provider, forge) }));
  expect((await browser.signIn()).location).toBe('/sign-in?notice=refused');
  expect(browser.jar.has(session)).toBe(false);
});

test('an address that is not verified gives no role, and its owner is shown what is missing', async () => {
  const roles: readonly RoleConfig[] = [
    { holder: { kind: 'email', value: 'boss@example.com' }, role: 'admin', services: [], environments: [] },
  ];
  provider.accounts.set('mallory', { email: 'boss@example.com', email_verified: false, groups: ['<b>guests'] });
  provider.who = 'mallory';
  const browser = aBrowser(await aServer({ roles }));
  const answer = await browser.signIn();
  provider.who = 'anna';
  expect(answer.status).toBe(403);
  expect(answer.text).toContain('You have no role here');
  expect(answer.text).toContain('&lt;b&gt;guests');
  expect(browser.jar.has(session)).toBe(false);
});

test('a role that the config changes counts at the next request, and a provider that it changes ends the sessions', async () => {
  const sre: RoleConfig = { holder: { kind: 'group', value: 'sre' }, role: 'operator', services: [], environments: [] };
  provider.accounts.set('anna', { groups: ['sre'] });
  const server = await aServer({ roles: [sre] });
  const browser = aBrowser(server);
  await browser.signIn();
  const freeze = () =>
    server.api.request(`${base}/v1/freeze`, {
      method: 'PUT',
      headers: { host: '127.0.0.1:8700', ...own, cookie: `${session}=${browser.jar.get(session)}`, 'content-type': 'application/json' },
      body: JSON.stringify({ frozen: false }),
    });
  expect((await freeze()).status).toBe(200);
  const { signIn } = server.config;
  if (signIn?.oidc === null || signIn === null) throw new Error('the server of this test has a provider');
  server.config.signIn = { ...signIn, roles: [{ ...sre, role: 'viewer' }] };
  expect((await freeze()).status).toBe(403);
  server.config.signIn = { ...signIn, oidc: { ...signIn.oidc, issuer: 'https://other.example' } };
  expect((await freeze()).status).toBe(401);
});

test('a session ends when it is not used, and in any case after its longest time; meanwhile its secret changes', async () => {
  const server = await aServer();
  const browser = aBrowser(server);
  await browser.signIn();
  const first = browser.jar.get(session);
  const read = async () => (await browser.go('GET', '/v1/deploys')).status;
  server.clock.advance(3_500_000);
  expect(await read()).toBe(200);
  server.clock.advance(200_000);
  expect(await read()).toBe(200);
  expect(browser.jar.get(session)).not.toBe(first);
  server.clock.advance(3_400_000);
  expect(await read()).toBe(200);
  server.clock.advance(200_000);
  expect(await read()).toBe(401);
  expect(browser.jar.has(session)).toBe(false);
  await browser.signIn();
  server.clock.advance(3_700_000);
  expect(await read()).toBe(401);
});

test('with the cookie, only our own pages may change something', async () => {
  const server = await aServer({ roles: [{ ...everyone, role: 'admin' }] });
  const browser = aBrowser(server);
  await browser.signIn();
  const put = async (headers: Record<string, string>) =>
    (
      await server.api.request(`${base}/v1/freeze`, {
        method: 'PUT',
        headers: {
          host: '127.0.0.1:8700',
          cookie: `${session}=${browser.jar.get(session)}`,
          'content-type': 'application/json',
          ...headers,
        },
        body: JSON.stringify({ frozen: false }),
      })
    ).status;
  expect(await put(own)).toBe(200);
  expect(await put({ origin: base })).toBe(200);
  expect(await put({})).toBe(403);
  expect(await put({ 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' })).toBe(403);
  expect(await put({ 'sec-fetch-site': 'same-site', origin: 'http://127.0.0.1:9999' })).toBe(403);
  expect(await put({ origin: 'null' })).toBe(403);
  expect((await browser.go('GET', '/v1/deploys', { headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(403);
  expect((await browser.go('POST', '/auth/sign-out', { headers: { origin: 'https://evil.example' } })).status).toBe(403);
  expect((await browser.go('GET', '/v1/deploys')).status).toBe(200);
});

test.for([
  'https://evil.example',
  '//evil.example',
  '/\\evil.example',
  '/..//evil.example',
  'javascript:alert(1)',
  '/sign-in',
  '/\t/evil.example',
])('nobody is sent to %s after the sign-in', async (returnTo) => {
  const browser = aBrowser(await aServer());
  const { location } = await browser.signIn(returnTo);
  expect(new URL(location ?? '', base).origin).toBe(base);
  expect(location).toBe('/');
});

test('another site cannot begin a sign-in', async () => {
  const browser = aBrowser(await aServer());
  expect((await browser.go('GET', '/auth/start', { headers: { 'sec-fetch-site': 'cross-site' } })).location).toBe('/sign-in');
});

test('a provider that is away is named on the page, and works again when it is back', async () => {
  let isAway = true;
  const client: Http = {
    ...http,
    request: (request, signal) => http.request(isAway ? { ...request, url: 'http://127.0.0.1:1/' } : request, signal),
  };
  const server = await aServer({ client });
  const browser = aBrowser(server);
  expect((await browser.go('GET', '/sign-in')).text).toContain('Acme does not answer');
  expect((await browser.go('GET', '/auth/start')).location).toBe('/sign-in?notice=away');
  isAway = false;
  server.clock.advance(5_000);
  expect((await browser.signIn()).location).toBe('/');
});

test('a one-time link signs in as admin by its button, once', async () => {
  const server = await aServer({ roles: [] });
  const key = randomBytes(32).toString('base64url');
  const at = server.clock.now();
  await database.store.addSignInLink({
    sha256: createHash('sha256').update(key).digest('hex'),
    by: 'root@host',
    at,
    expiresAt: at + 900_000,
  });
  const browser = aBrowser(server);
  // A chat that opens the link does not use it up.
  for (const _ of [1, 2]) expect((await browser.go('GET', `/auth/link?key=${key}`)).text).toContain('Sign in as admin');
  expect((await browser.go('POST', '/auth/link', { body: `key=${key}` })).status).toBe(403);
  expect(await browser.go('POST', '/auth/link', { headers: own, body: `key=${key}` })).toMatchObject({ status: 303, location: '/' });
  expect((await browser.go('GET', '/')).text).toContain('admin link of root@host');
  expect((await aBrowser(server).go('POST', '/auth/link', { headers: own, body: `key=${key}` })).location).toBe('/sign-in?notice=link');
});

test('an admin sees who has signed in and ends a session, and nobody else does', async () => {
  const admin: RoleConfig = { holder: { kind: 'email', value: 'root@example.com' }, role: 'admin', services: [], environments: [] };
  const server = await aServer({ roles: [everyone, admin] });
  const [anna, root] = [aBrowser(server), aBrowser(server)];
  provider.accounts.set('anna', { email: 'anna@example.com', email_verified: true });
  provider.accounts.set('root', { email: 'root@example.com', email_verified: true });
  await anna.signIn();
  provider.who = 'root';
  await root.signIn();
  provider.who = 'anna';
  expect((await anna.go('GET', '/v1/sessions')).status).toBe(403);
  const { text } = await root.go('GET', '/v1/sessions');
  const found: { id: string; name: string }[] = JSON.parse(text).sessions;
  expect(found.map(({ name }) => name).toSorted()).toEqual(['anna@example.com', 'root@example.com']);
  expect(text).not.toMatch(/csrf|sha/i);
  const path = `/v1/sessions/${found.find(({ name }) => name === 'anna@example.com')?.id}`;
  expect((await anna.go('DELETE', path, { headers: own })).status).toBe(403);
  expect((await root.go('DELETE', path)).status).toBe(403);
  expect(await root.go('DELETE', path, { headers: own })).toMatchObject({ status: 200 });
  expect((await anna.go('GET', '/v1/deploys')).status).toBe(401);
  expect((await root.go('DELETE', path, { headers: own })).status).toBe(404);
});

test('strangers see nothing but the sign-in, and a token in the header still counts', async () => {
  const { api } = await aServer();
  const get = async (path: string) => (await api.request(`${base}${path}`, { headers: { host: '127.0.0.1:8700' } })).status;
  expect([await get('/'), await get('/services/shop'), await get('/v1/deploys'), await get('/sign-in')]).toEqual([303, 303, 401, 200]);
});
