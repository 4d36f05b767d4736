import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { prometheus } from '../../../providers/prometheus.ts';
import type { ProviderError } from '../../../src/core/base/errors.ts';
import { createHttp, type Http } from '../../../src/net/http.ts';
import { createRunProcess } from '../../../src/net/process.ts';
import { hasOpenssl, makeCertificate } from '../../support/certificate.ts';
import { type SeenRequest, type StubReply, type StubServer, startStubServer } from '../../support/stub-server.ts';

const never = new AbortController().signal;
const empty = { body: { status: 'success', data: { resultType: 'vector', result: [] } } };
let server: StubServer;
let http: Http;
let folder: string;
beforeEach(async () => {
  server = await startStubServer();
  http = createHttp();
  folder = mkdtempSync(join(tmpdir(), 'bakewatch-login-'));
});
afterEach(async () => {
  await http.close();
  await server.close();
  rmSync(folder, { recursive: true });
});

const provider = (options: object) => prometheus.bind({ url: server.url, ...options })({ http, run: createRunProcess(process.env) });
const errorOf = async (asked: Promise<unknown>): Promise<ProviderError> => {
  const error = await asked.catch((reason: unknown) => reason);
  expect(error).toHaveProperty('name', 'ProviderError');
  return error as ProviderError; // Just asserted.
};
const isTokenRequest = ({ url }: SeenRequest): boolean => url === '/token';
const sentTokens = () => server.requests.filter((request) => !isTokenRequest(request)).map(({ headers }) => headers.authorization);
const tokenRequests = () => server.requests.filter(isTokenRequest);
/** A metrics server that takes only `accepted()`, and a token server on the same port. */
const serve = (token: () => StubReply, accepted: () => string) =>
  server.reply((request) => {
    if (isTokenRequest(request)) return token();
    return request.headers.authorization === `Bearer ${accepted()}` ? empty : { status: 401, body: 'token expired' };
  });

describe('OAuth2 client credentials', () => {
  const oauth2 = () => ({ token_url: `${server.url}/token`, client_id: 'the id', client_secret: 'the/secret' });
  const numbered = () => {
    let count = 0;
    return () => ({ body: { access_token: `token-${++count}`, token_type: 'bearer', expires_in: 3_600 } });
  };

  test('one token for all callers, asked for with its scope and audience', async () => {
    serve(numbered(), () => 'token-1');
    const asked = provider({ oauth2: { ...oauth2(), scope: 'a b', audience: 'metrics', params: { resource: 'r' } } });
    await Promise.all([asked.ping(never), asked.ping(never), asked.ping(never)]);
    expect(sentTokens()).toEqual(Array(3).fill('Bearer token-1'));
    expect(tokenRequests()).toHaveLength(1);
    const [request] = tokenRequests();
    expect(Object.fromEntries(new URLSearchParams(request?.body))).toEqual({
      ...{ grant_type: 'client_credentials', scope: 'a b', audience: 'metrics', resource: 'r' },
    });
    expect(request?.headers.authorization).toBe(`Basic ${Buffer.from('the+id:the%2Fsecret').toString('base64')}`);
  });

  test('the secret may go into the body', async () => {
    serve(numbered(), () => 'token-1');
    await provider({ oauth2: { ...oauth2(), client_auth: 'body' } }).ping(never);
    const sent = new URLSearchParams(tokenRequests()[0]?.body);
    expect([sent.get('client_id'), sent.get('client_secret')]).toEqual(['the id', 'the/secret']);
    expect(tokenRequests()[0]?.headers.authorization).toBeUndefined();
  });

  test('a token that the server no longer takes is replaced under way, and the question is asked once more', async () => {
    let accepted = 'token-1';
    serve(numbered(), () => accepted);
    const asked = provider({ oauth2: oauth2() });
    await asked.ping(never);
    accepted = 'token-2';
    await asked.ping(never);
    expect(sentTokens()).toEqual(['Bearer token-1', 'Bearer token-1', 'Bearer token-2']);
  });

  test('a server that takes no token causes one new one, not one for each question', async () => {
    serve(numbered(), () => 'none of ours');
    const asked = provider({ oauth2: oauth2() });
    for (let i = 0; i < 5; i++) expect((await errorOf(asked.ping(never))).kind).toBe('unauthorized');
    expect(tokenRequests()).toHaveLength(2);
  });

  test.for<readonly [string, StubReply, Partial<ProviderError>, RegExp]>([
    [
      'a refusal',
      { status: 401, body: { error: 'invalid_client', error_description: 'no client the/secret' } },
      { kind: 'unauthorized' },
      /refused: invalid_client: no client \[redacted\]$/,
    ],
    [
      'a challenge',
      { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' }, body: '' },
      { kind: 'unauthorized' },
      /answered 401$/,
    ],
    [
      'a page',
      { status: 200, body: '<html>Sign in, the/secret</html>' },
      { kind: 'unauthorized' },
      /did not answer as an OAuth2 server does$/,
    ],
    ['half an answer', { body: '{"access_token":"the/secr' }, { kind: 'unauthorized' }, /did not answer as an OAuth2 server does$/],
    ['a redirect to a login', { status: 302, headers: { location: '/login' } }, { kind: 'unauthorized' }, /answered 302$/],
    ['an overload', { status: 429, body: 'the/secret' }, { kind: 'unavailable' }, /answered 429$/],
    ['an outage', { status: 503, body: '<html>the/secret' }, { kind: 'unavailable' }, /answered 503$/],
    ['a cut', 'drop', { kind: 'unavailable' }, /^no credentials for .*the token server: .* broke the connection/],
    ['silence', 'hang', { kind: 'timeout' }, /no answer from .* within 100ms/],
    [
      'another kind of token',
      { body: { access_token: 'a', token_type: 'mac' } },
      { kind: 'unauthorized' },
      /did not answer as an OAuth2 server does$/,
    ],
  ])('%s of the token server is an error in words', async ([, reply, expected, words]) => {
    serve(
      () => reply,
      () => 'never',
    );
    // On a busy machine even an answer takes longer than a silence must last.
    const tokenTimeout = reply === 'hang' ? '100ms' : '20s';
    const error = await errorOf(provider({ oauth2: oauth2(), token_timeout: tokenTimeout }).ping(never));
    expect(error).toMatchObject(expected);
    expect(error.message).toMatch(words);
    expect(inspect(error, { depth: 9 })).not.toContain('the/secret');
    expect(sentTokens()).toEqual([]);
  });
});

describe('a token command', () => {
  const script = (lines: string) => {
    const path = join(folder, 'print-token');
    writeFileSync(path, `#!/bin/sh\n${lines}\n`);
    chmodSync(path, 0o755);
    return { token_command: [path, 'argument'] };
  };

  test('prints a token, which is kept', async () => {
    serve(
      () => empty,
      () => 'argument-yes',
    );
    const options = script(`echo run >> ${join(folder, 'runs')}\necho "$1-$ALLOWED"`);
    const asked = provider({ ...options, token_env: { ALLOWED: 'yes' } });
    await Promise.all([asked.ping(never), asked.ping(never)]);
    await asked.ping(never);
    expect(sentTokens()).toEqual(Array(3).fill('Bearer argument-yes'));
  });

  test('is run again when the token is refused', async () => {
    let accepted = 'token-1';
    serve(
      () => empty,
      () => accepted,
    );
    const asked = provider(
      script(
        `echo run >> ${join(folder, 'runs')}\necho "{\\"access_token\\":\\"token-$(wc -l < ${join(folder, 'runs')} | tr -d ' ')\\",\\"expires_in\\":3600}"`,
      ),
    );
    await asked.ping(never);
    accepted = 'token-2';
    await asked.ping(never);
    expect(sentTokens()).toEqual(['Bearer token-1', 'Bearer token-1', 'Bearer token-2']);
  });

  test.for<readonly [string, string, Partial<ProviderError>, RegExp]>([
    [
      'fails',
      'echo hidden-output; echo "not logged in: hunter22" >&2; exit 3',
      { kind: 'unauthorized' },
      /exit code 3: not logged in: \[redacted\]$/,
    ],
    ['prints nothing', 'true', { kind: 'unauthorized' }, /its output holds no token$/],
    ['prints advice', 'echo "hidden-output: please log in"', { kind: 'unauthorized' }, /is not one word of printable ASCII$/],
    ['prints too much', 'head -c 100000 /dev/zero | tr "\\0" x', { kind: 'unauthorized' }, /printed too much|is not one word|no token/],
    ['prints an old token', 'echo \'{"access_token":"hidden-output","expires_in":0}\'', { kind: 'unauthorized' }, /has already expired/],
    ['hangs', 'sleep 60', { kind: 'timeout' }, /^no credentials for 127.0.0.1:\d+: the token command: /],
  ])('that %s is an error in words', async ([, lines, expected, words]) => {
    const timeout = lines.startsWith('sleep') ? '200ms' : '30s';
    const error = await errorOf(provider({ ...script(lines), token_env: { PASSWORD: 'hunter22' }, token_timeout: timeout }).ping(never));
    expect(error).toMatchObject(expected);
    expect(error.message).toMatch(words);
    expect(inspect(error, { depth: 9 })).not.toMatch(/hidden-output|hunter22/);
    expect(server.requests).toEqual([]);
  });

  test('that does not exist is an error in words', async () => {
    expect((await errorOf(provider({ token_command: ['no-such-program-here'] }).ping(never))).message).toMatch(
      /no-such-program-here could not be started/,
    );
  });
});

test.skipIf(!hasOpenssl())('a client certificate is shown to the server, and a server that wants one refuses us without it', async () => {
  const [authority, own] = [makeCertificate(9), makeCertificate(9)];
  const tls = { key: authority.key, cert: authority.cert, ca: own.cert, requestCert: true, rejectUnauthorized: true };
  const far = createTlsServer(tls, (_, response) => response.end(JSON.stringify(empty.body)));
  await new Promise<void>((resolve) => far.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    far.closeAllConnections();
    far.close();
  });
  const { port } = far.address() as AddressInfo; // A server that listens on TCP has one.
  const options = { url: `https://localhost:${port}`, ca: authority.cert };
  await provider({ ...options, client_cert: own.cert, client_key: own.key }).ping(never);
  expect((await errorOf(provider(options).ping(never))).kind).toBe('unavailable');
});

describe('signatures for AWS', () => {
  const sigv4 = { region: 'eu-west-1', access_key: 'AKIDEXAMPLE00000', secret_key: 'the secret' };

  test('cover the query, and name region and service', async () => {
    server.reply(empty);
    await provider({ url: `${server.url}/workspaces/ws-1`, sigv4 }).ping(never);
    const [request] = server.requests;
    expect(request?.url).toMatch(/^\/workspaces\/ws-1\/api\/v1\/query/);
    expect(request?.headers['x-amz-date']).toMatch(/^\d{8}T\d{6}Z$/);
    expect(request?.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE00000\/\d{8}\/eu-west-1\/aps\/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=[0-9a-f]{64}$/,
    );
  });

  test('may name another service, and temporary keys', async () => {
    server.reply(empty);
    await provider({ sigv4: { ...sigv4, service: 'monitoring', session_token: 'the session' } }).ping(never);
    expect(server.requests[0]?.headers).toMatchObject({
      'x-amz-security-token': 'the session',
      authorization: expect.stringContaining('/eu-west-1/monitoring/aws4_request'),
    });
  });

  test('that are refused make one new attempt with temporary keys, and none for each question', async () => {
    server.reply({ status: 403, body: '{"message":"The security token included in the request is expired: the session"}' });
    const asked = provider({ sigv4: { ...sigv4, session_token: 'the session' } });
    for (let i = 0; i < 3; i++) {
      const error = await errorOf(asked.ping(never));
      expect(error.kind).toBe('unauthorized');
      expect(inspect(error)).not.toMatch(/the session|the secret/);
    }
    expect(server.requests).toHaveLength(4);
  });
});

test.for<readonly [object, RegExp]>([
  [{ bearer: 'a', token_command: ['b'] }, /both bearer and token_command/],
  [{ bearer: 'a', basic: { user: 'b', password: 'c' }, token_command: ['d'] }, /has bearer and basic and token_command/],
  [{ token_env: { A: 'b' } }, /token_env without token_command/],
  [{ token_command: [] }, /token_command/],
  [{ client_cert: '-----BEGIN CERTIFICATE-----' }, /one of client_cert and client_key/],
  [{ client_key: '/etc/key.pem' }, /must be PEM text/],
  [{ sigv4: { region: 'Frankfurt' } }, /is not a region/],
  [{ sigv4: { region: 'eu-west-1', access_key: 'AKIDEXAMPLE00000' } }, /one of access_key and secret_key/],
  [{ oauth2: { token_url: 'https://me:x@id', client_id: 'a', client_secret: 'b' } }, /without a user/],
])('refuses %j', ([options, words]) => {
  expect(() => prometheus.bind({ url: 'https://p.example.com', ...options })).toThrow(words);
});
