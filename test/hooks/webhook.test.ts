import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Secret } from '../../src/core/base/secret.ts';
import type { HookDeps } from '../../src/hooks/deps.ts';
import { webhook } from '../../src/hooks/webhook.ts';
import { createHttp } from '../../src/net/http.ts';
import { createRunProcess } from '../../src/net/process.ts';
import { isSigned } from '../../src/net/sign.ts';
import { anOrder, type Behavior, describeHookContract } from '../contracts/hook.ts';
import { describeKilled } from '../contracts/killed.ts';
import { effectErrorOf } from '../support/effect-error.ts';
import { type StubReply, type StubServer, startStubServer } from '../support/stub-server.ts';

const secret = 'a-key-of-sufficient-length';
const deps = { http: createHttp(), run: createRunProcess({}) };
const never = new AbortController().signal;

const open = async () => {
  const server = await startStubServer();
  let behavior: Behavior = 'works';
  let running = '';
  let gone: string | null = null;
  const orders = () =>
    server.requests.filter(({ method }) => method === 'POST').map(({ body, headers }) => ({ body: JSON.parse(body), headers }));
  server.reply(({ method, body, url }): StubReply => {
    if (method === 'GET') {
      const isUnreadable = behavior === 'unreadable' || (behavior === 'unreadable after the action' && orders().length > 0);
      return isUnreadable ? { status: 500 } : { body: { current: running } };
    }
    if (JSON.parse(body).target.version === gone) return { status: 410, body: 'no such release' };
    if (behavior === 'fails') return { status: 500, body: `cannot do ${url} with ${secret}` };
    if (behavior === 'hangs') return 'hang';
    if (behavior !== 'lies') running = JSON.parse(body).target.version;
    return {};
  });
  const common = { url: `${server.url}/rollback`, secret, timeout: '500ms' };
  const build = (using: HookDeps) => ({
    hook: webhook.bind({ ...common, current_url: `${server.url}/running/{service}/{environment}` })(using),
    unverifiable: webhook.bind(common)(using),
  });
  return {
    ...build(deps),
    build,
    unreachable: webhook.bind({ ...common, url: 'http://127.0.0.1:1/rollback' })(deps),
    secret,
    behave: (next: Behavior) => {
      behavior = next;
    },
    running: () => running,
    deploy: (release: string) => {
      running = release;
    },
    removeRelease: (release: string) => {
      gone = release;
    },
    received: () => orders().map(({ body, headers }) => ({ version: body.target.version, id: String(headers['idempotency-key']) })),
    close: () => server.close(),
  };
};
describeHookContract('webhook', open);
describeKilled('webhook', open);

describe('the requests and answers of the webhook hook', () => {
  let server: StubServer;
  beforeEach(async () => {
    server = await startStubServer();
  });
  afterEach(() => server.close());
  const bound = (rest = {}) => webhook.bind({ url: `${server.url}/rollback`, secret, ...rest })(deps);

  test('the order as signed JSON', async () => {
    await bound({ headers: { 'X-Team': 'shop' } }).rollBack(anOrder(), never);
    const { body, headers } = server.requests[0]!;
    expect(JSON.parse(body)).toEqual({
      id: 'bake-1:7:0',
      service: 'shop',
      environment: 'production',
      from: { version: 'v2' },
      target: { deployId: 'deploy-1', version: 'v1' },
      reasons: ['errors 4.2 %'],
    });
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'x-team': 'shop' });
    const header = String(headers['bakewatch-signature']);
    expect(isSigned(new Secret(secret), { header, body }, { at: Date.now() })).toBe(true);
  });

  test('the signature carries the time of the server, not that of its machine', async () => {
    const at = Date.now() - 3_600_000;
    const http = { ...deps.http, now: () => at };
    await webhook
      .bind({ url: `${server.url}/rollback`, secret })({ ...deps, http })
      .rollBack(anOrder(), never);
    const { body, headers } = server.requests[0]!;
    const header = String(headers['bakewatch-signature']);
    expect(isSigned(new Secret(secret), { header, body }, { at, toleranceMs: 1_000 })).toBe(true);
  });

  test.for([
    {
      name: '200',
      reply: { status: 200 },
      summary: 'the webhook answered 200; it is unproven that v1 runs, because the hook cannot read it',
      alreadyThere: false,
    },
    {
      name: '202',
      reply: { status: 202 },
      summary: 'the webhook accepted the order (202); it is unproven that v1 runs, because the hook cannot read it',
      alreadyThere: false,
    },
    {
      name: 'already there',
      reply: { body: { status: 'already_there' } },
      summary: 'the webhook answered that the target was already there; it is unproven that v1 runs, because the hook cannot read it',
      alreadyThere: true,
    },
  ])('$name is success', async ({ reply, summary, alreadyThere }) => {
    server.reply(reply);
    expect(await bound().rollBack(anOrder(), never)).toMatchObject({ summary, alreadyThere });
  });

  test.for<{ reply: StubReply; kind: string; retryAfterMs?: number }>([
    { reply: { status: 302, headers: { location: '/elsewhere' } }, kind: 'refused' },
    { reply: { status: 400 }, kind: 'refused' },
    { reply: { status: 401 }, kind: 'refused' },
    { reply: { status: 409 }, kind: 'refused' },
    { reply: { status: 429, headers: { 'retry-after': '7' } }, kind: 'unreachable', retryAfterMs: 7_000 },
    { reply: { status: 503 }, kind: 'unreachable' },
    { reply: { status: 500 }, kind: 'failed' },
    { reply: { status: 504 }, kind: 'timeout' },
    { reply: 'drop', kind: 'timeout' },
  ])('$reply is $kind', async ({ reply, kind, retryAfterMs }) => {
    server.reply(reply);
    expect(await effectErrorOf(bound().rollBack(anOrder(), never))).toMatchObject({ kind, retryAfterMs });
  });

  test.for([
    { name: 'a JSON object', body: { current: 'v2' }, expected: 'v2' },
    { name: 'a line of text', body: 'v2\n', expected: 'v2' },
    { name: 'an error page', body: '<html>login</html>', expected: null },
    { name: 'two lines', body: 'v2\nv3', expected: null },
    { name: 'another object', body: { version: 'v2' }, expected: null },
    { name: 'nothing', body: '', expected: null },
  ])('reads the running release from $name', async ({ body, expected }) => {
    server.reply({ body });
    const asking = bound({ current_url: `${server.url}/running` }).current(anOrder().place, never);
    if (expected !== null) expect(await asking).toBe(expected);
    else expect(await effectErrorOf(asking)).toMatchObject({ kind: 'failed' });
  });

  test('a secret in the answer is redacted in the fingerprint', async () => {
    server.reply({ body: { current: `v2-${secret}` } });
    const error = await effectErrorOf(bound({ current_url: `${server.url}/running` }).rollBack(anOrder(), never));
    expect(error.message).toContain('v2-[redacted] is running, not v1');
  });

  test('after a 202, another running release is no failure', async () => {
    server.reply(({ method }) => (method === 'GET' ? { body: 'v2' } : { status: 202 }));
    const receipt = await bound({ current_url: `${server.url}/running` }).rollBack(anOrder(), never);
    expect(receipt).toMatchObject({
      summary: 'the webhook accepted the order (202); v2 is still running',
      alreadyThere: false,
      fingerprint: 'v2',
    });
  });

  test('service and environment are encoded in `current_url`', async () => {
    server.reply({ body: 'v2' });
    const hook = bound({ current_url: `${server.url}/{service}/now?in={environment}` });
    await hook.current({ service: 'a/b', environment: 'eu+1' }, never);
    expect(server.requests[0]?.url).toBe('/a%2Fb/now?in=eu%2B1');
    expect(await effectErrorOf(hook.current({ service: '../x', environment: 'eu' }, never))).toMatchObject({ kind: 'refused' });
  });

  test.for([
    { url: 'ftp://x' },
    { url: 'not a url' },
    { secret: 'short' },
    { headers: { Host: 'x' } },
    { headers: { 'X-A': 'a\r\nb: c' } },
    { current_url: '' },
    { timeout: '5' },
  ])('the options %j are refused', (options) => expect(() => bound(options)).toThrow());
});
