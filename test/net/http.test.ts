import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createSocketServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createHttp, type Http, HttpError, type HttpRequest } from '../../src/net/http.ts';
import { type StubServer, startStubServer } from '../support/stub-server.ts';

const never = new AbortController().signal;
const openssl = 'openssl';
let server: StubServer;
let http: Http;
beforeEach(async () => {
  server = await startStubServer();
  http = createHttp();
});
afterEach(async () => {
  await http.close();
  await server.close();
});

function send(rest: Partial<HttpRequest> = {}, signal = never) {
  return http.request({ method: 'GET', url: server.url, timeoutMs: 5_000, ...rest }, signal);
}

async function errorOf(asked: Promise<unknown>): Promise<HttpError> {
  const error = await asked.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(HttpError);
  return error as HttpError; // Just asserted.
}

describe('a request', () => {
  test('arrives unchanged, and its answer is returned', async () => {
    server.reply({ status: 418, headers: { 'X-Twice': 'a, b', 'set-cookie': 'c=1' }, body: 'günaydın' });
    const response = await send({ method: 'POST', url: `${server.url}/a/b?c=d%20e`, headers: { 'X-A': '1' }, body: 'ö' });
    expect(response).toMatchObject({ status: 418, text: 'günaydın', headers: { 'x-twice': 'a, b', 'set-cookie': 'c=1' } });
    expect(server.requests).toMatchObject([{ method: 'POST', url: '/a/b?c=d%20e', headers: { 'x-a': '1' }, body: 'ö' }]);
  });

  test.for(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const)('may be a %s', async (method) => {
    await send({ method });
    expect(server.requests[0]?.method).toBe(method);
  });

  test('sends the user of its URL as credentials', async () => {
    await send({ url: server.url.replace('//', '//me:p%40ss@') });
    expect(server.requests[0]?.headers.authorization).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`);
  });

  test('follows no redirect', async () => {
    server.reply({ status: 302, headers: { location: `${server.url}/elsewhere` } });
    expect((await send()).status).toBe(302);
    expect(server.requests).toHaveLength(1);
  });
});

describe('a request without an answer', () => {
  test('is a timeout when headers do not come in time', async () => {
    server.reply('hang');
    expect(await errorOf(send({ timeoutMs: 50 }))).toMatchObject({
      kind: 'timeout',
      isUndelivered: false,
      message: expect.stringMatching(/within 50ms$/),
    });
  });

  test('is a timeout when the body does not end in time', async () => {
    const slow = await listen(createSocketServer((socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf')));
    expect((await errorOf(send({ url: slow, timeoutMs: 100 }))).kind).toBe('timeout');
  });

  test('is aborted with its signal, without waiting for its timeout', async () => {
    server.reply('hang');
    expect((await errorOf(send({ timeoutMs: 3_600_000 }, AbortSignal.timeout(50)))).kind).toBe('aborted');
  });

  test('is never sent if its signal has already aborted', async () => {
    expect((await errorOf(send({}, AbortSignal.abort()))).kind).toBe('aborted');
    expect(server.requests).toHaveLength(0);
  });

  test('is aborted when the client closes', async () => {
    server.reply('hang');
    const error = errorOf(send());
    await expect.poll(() => server.requests.length).toBe(1);
    await http.close();
    expect((await error).kind).toBe('aborted');
  });

  test('is unreachable when no server listens', async () => {
    await server.close();
    expect(await errorOf(send())).toMatchObject({
      kind: 'unreachable',
      isUndelivered: true,
      message: expect.stringMatching(/ECONNREFUSED/),
    });
  });

  test('is unreachable when the name is unknown', async () => {
    expect((await errorOf(send({ url: 'http://no-such-host.invalid/' }))).kind).toBe('unreachable');
  });

  test.for(['', 'not a url', 'ftp://example.com/', 'file:///etc/passwd'])('is unreachable at "%s"', async (url) => {
    expect((await errorOf(send({ url }))).kind).toBe('unreachable');
  });

  test('is unreachable with a header that cannot be sent', async () => {
    expect((await errorOf(send({ headers: { authorization: 'secret\nline' } }))).kind).toBe('unreachable');
    expect(server.requests).toHaveLength(0);
  });

  test('is broken when the connection is cut after it was sent', async () => {
    server.reply('drop');
    expect(await errorOf(send({ method: 'POST', body: '{}' }))).toMatchObject({ kind: 'broken', isUndelivered: false });
  });

  test('is broken when the body ends too early, or the answer is not HTTP', async () => {
    for (const bytes of ['HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf', 'SSH-2.0-OpenSSH_9.2 secret-banner\r\n']) {
      const error = await errorOf(send({ url: await listen(createSocketServer((socket) => void socket.end(bytes))) }));
      expect(error.kind).toBe('broken');
      expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('secret-banner');
    }
  });

  test('is too large above the limit, and not at the limit', async () => {
    server.reply({ body: 'x'.repeat(1_000) });
    expect((await send({ maxBytes: 1_000 })).text).toHaveLength(1_000);
    expect(await errorOf(send({ maxBytes: 999 }))).toMatchObject({
      kind: 'too_large',
      message: expect.stringMatching(/larger than 999 bytes/),
    });
    server.reply({ body: 'x'.repeat(1_048_577) });
    expect((await errorOf(send())).kind).toBe('too_large');
  });

  test('shows only its host in messages', async () => {
    const url = server.url.replace('//', '//user:top-secret@');
    const request = {
      method: 'POST',
      url: `${url}/services/top-secret?key=top-secret`,
      headers: { a: 'top-secret' },
      body: 'top-secret',
    } as const;
    const errors = [];
    for (const reply of ['hang', 'drop', { body: 'top-secret' }] as const) {
      server.reply(reply);
      errors.push(await errorOf(send({ ...request, timeoutMs: 100, maxBytes: 1 })));
    }
    errors.push(await errorOf(send(request, AbortSignal.abort())), await errorOf(send({ ...request, url: 'ftp://top-secret' })));
    await server.close();
    errors.push(await errorOf(send(request)));
    expect(new Set(errors.map(({ kind }) => kind)).size).toBe(5);
    for (const error of errors) expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('top-secret');
  });

  test('leaves no timer and no listener behind', async () => {
    const before = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    for (let i = 0; i < 20; i++) await send({ timeoutMs: 60_000 });
    expect(process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length).toBeLessThanOrEqual(before + 2);
  });
});

describe('a server with a certificate of its own', () => {
  test('is trusted only with its certificate authority', async () => {
    const { key, cert } = certificate();
    const url = (await listen(createTlsServer({ key, cert }, (_, response) => void response.end('hello')))).replace('http:', 'https:');
    expect(await errorOf(send({ url }))).toMatchObject({ kind: 'tls', isUndelivered: true });
    expect((await send({ url, ca: cert })).text).toBe('hello');
    expect((await errorOf(send({ url, ca: certificate().cert }))).kind).toBe('tls');
    expect((await errorOf(send({ url: url.replace('127.0.0.1', 'localhost'), ca: cert }))).kind).toBe('tls');
  });

  test('without TLS is not trusted', async () => {
    expect((await errorOf(send({ url: server.url.replace('http:', 'https:') }))).kind).toBe('tls');
  });
});

async function listen(listener: Server): Promise<string> {
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void listener.close());
  // A server that listens on TCP has an AddressInfo, never a pipe's name.
  return `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
}

function certificate(): { readonly key: string; readonly cert: string } {
  const folder = mkdtempSync(join(tmpdir(), 'bakewatch-tls-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const name = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  execFileSync(
    openssl,
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '1',
      ...name,
      '-keyout',
      key,
      '-out',
      cert,
    ],
    { stdio: 'ignore' },
  );
  const pair = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  rmSync(folder, { recursive: true });
  return pair;
}
