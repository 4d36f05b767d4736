import { createServer, type Server } from 'node:net';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { HttpTarget } from '../../src/core/rules/probe.ts';
import { createHttp } from '../../src/net/http.ts';
import { aProber, aSite, ask, errorOf, seenBy, window } from '../support/probing.ts';
import { type StubReply, type StubServer, startStubServer } from '../support/stub-server.ts';

const http = createHttp();
afterAll(() => http.close());
const provider = aProber(http);

let site: StubServer;
beforeEach(async () => {
  site = await startStubServer();
});
afterEach(() => site.close());

describe('a probe of a site', () => {
  test('makes all attempts, each on a new connection, for the newest tick', async () => {
    let count = 0;
    site.reply(() => ({ status: count++ === 0 ? 502 : 200 }));
    const answer = await ask(provider, aSite(`${site.url}/healthz?a=b`), { attempts: 3 });
    expect(answer).toEqual({
      shape: 'attempts',
      series: [
        { labels: { outcome: 'passed' }, instance: '', samples: [[window.to, 2]] },
        { labels: { outcome: 'failed' }, instance: '', samples: [[window.to, 1]] },
      ],
      seen: '1 of 3 attempts failed: HTTP 502, expected 200 to 299',
    });
    expect(site.requests).toMatchObject(
      Array.from({ length: 3 }, () => ({
        method: 'GET',
        url: '/healthz?a=b',
        headers: { connection: 'close', 'user-agent': 'bakewatch-probe' },
      })),
    );
  });

  test('makes no attempt for a window without a tick', async () => {
    const empty = { ...window, from: window.to };
    const probe = { target: aSite(site.url), withinMs: 1_000, attempts: 3, apartMs: 0 };
    const answer = await provider.fetchSeries({ form: 'probe', query: '', probe, window: empty }, new AbortController().signal);
    expect(answer).toEqual({ shape: 'attempts', series: [], seen: null });
    expect(site.requests).toEqual([]);
  });

  test.for<readonly [string, StubReply, Partial<HttpTarget>, RegExp]>([
    ['any 2xx', { status: 204 }, {}, /^1 of 1 attempts passed: HTTP 204 in \d+ ms$/],
    ['another status', { status: 502 }, { status: [{ from: 200, to: 200 }] }, /^1 of 1 attempts failed: HTTP 502, expected 200$/],
    [
      'a status of a list',
      { status: 401 },
      {
        status: [
          { from: 200, to: 299 },
          { from: 401, to: 401 },
        ],
      },
      /passed: HTTP 401/,
    ],
    ['a body that holds it', { body: 'all ok' }, { contains: 'ok' }, /passed/],
    [
      'a body that does not',
      { body: 'secret words' },
      { contains: 'ok' },
      /^1 of 1 attempts failed: HTTP 200, but its body does not contain "ok"$/,
    ],
    [
      'a body that holds what it must not',
      { body: 'Traceback' },
      { lacks: 'Traceback' },
      /failed: HTTP 200, but its body contains "Traceback"$/,
    ],
    ['a header that holds it', { headers: { 'X-Version': 'v2.1' } }, { headers: { 'x-version': 'v2' } }, /passed/],
    [
      'a header that does not',
      { headers: { 'X-Version': 'v1' } },
      { headers: { 'x-version': 'v2' } },
      /failed: HTTP 200, but its header x-version does not contain "v2"$/,
    ],
    ['a header that is not there', {}, { headers: { 'X-Version': 'v2' } }, /failed: HTTP 200, but it has no header X-Version$/],
    ['a redirect, which is not followed', { status: 301, headers: { location: '/in' } }, {}, /failed: HTTP 301, expected 200 to 299$/],
    [
      'a redirect that was expected',
      { status: 301, headers: { location: '/in' } },
      { status: [{ from: 301, to: 301 }] },
      /passed: HTTP 301/,
    ],
    ['no answer', 'hang', {}, /^1 of 1 attempts failed: no answer from 127\.0\.0\.1:\d+ within (?:29\d|300)ms$/],
    ['a cut connection', 'drop', {}, /failed: 127\.0\.0\.1:\d+ broke the connection before its answer was complete/],
    ['a slow answer', { delayMs: 1_000 }, {}, /failed: no answer from .* within (?:29\d|300)ms$/],
    ['more than a MiB', { body: `ok${'x'.repeat(3_000_000)}late` }, { contains: 'ok', lacks: 'late' }, /passed: HTTP 200/],
  ])('%s', async ([, reply, rest, says]) => {
    site.reply(reply);
    // What is left of the time when the request is sent may be a few milliseconds less.
    const withinMs = says.source.includes('300') ? 300 : 5_000;
    expect(await seenBy(provider, aSite(`${site.url}/`, rest), { withinMs })).toMatch(says);
  });

  test('follows redirects if allowed, and sends its headers to no other origin', async () => {
    const other = await startStubServer();
    site.reply((request) =>
      request.url === '/' ? { status: 302, headers: { location: '/a' } } : { status: 307, headers: { location: `${other.url}/b` } },
    );
    expect(await seenBy(provider, aSite(`${site.url}/`, { redirects: 2, send: { 'x-from': 'us' } }))).toMatch(/passed: HTTP 200/);
    expect(site.requests.map(({ headers }) => headers['x-from'])).toEqual(['us', 'us']);
    expect(other.requests.map(({ url, headers }) => [url, headers['x-from']])).toEqual([['/b', undefined]]);
    await other.close();
  });

  test('stops in a redirect loop', async () => {
    site.reply({ status: 302, headers: { location: '/' } });
    expect(await seenBy(provider, aSite(`${site.url}/`, { redirects: 2 }))).toBe('1 of 1 attempts failed: redirected more than 2 times');
    expect(site.requests).toHaveLength(3);
  });

  test('sends the method and the headers of the rules', async () => {
    await seenBy(provider, aSite(`${site.url}/`, { method: 'HEAD', send: { Host: 'shop.example' } }));
    await seenBy(provider, aSite(`${site.url}/`, { method: 'POST' }));
    expect(site.requests).toMatchObject([
      { method: 'HEAD', headers: { host: 'shop.example' } },
      { method: 'POST', body: '' },
    ]);
  });

  test('fails if the site is gone', async () => {
    await site.close();
    expect(await seenBy(provider, aSite(`${site.url}/`))).toMatch(
      /^1 of 1 attempts failed: 127\.0\.0\.1:\d+ could not be reached \(ECONNREFUSED\)$/,
    );
  });

  test('lists each different failure once', async () => {
    const replies: StubReply[] = [{ status: 500 }, 'drop', { status: 500 }];
    site.reply(() => replies.shift() ?? {});
    expect(await seenBy(provider, aSite(`${site.url}/`), { attempts: 4 })).toMatch(
      /^3 of 4 attempts failed: HTTP 500, expected 200 to 299; 127\.0\.0\.1:\d+ broke [^;]*$/,
    );
  });
});

describe('a problem that is not caused by the site', () => {
  test('an unknown host name is an error, not a failed attempt', async () => {
    expect(await errorOf(provider, aSite('http://no-such-host.invalid/'))).toMatchObject({
      kind: 'unavailable',
      message: expect.stringMatching(/^no-such-host\.invalid could not be reached \((ENOTFOUND|EAI_AGAIN)\)$/),
    });
  });

  test('an abort is a timeout at any moment', async () => {
    site.reply('hang');
    const controller = new AbortController();
    const asked = errorOf(provider, aSite(site.url), { signal: controller.signal });
    await expect.poll(() => site.requests.length).toBe(1);
    controller.abort();
    expect(await asked).toMatchObject({ kind: 'timeout' });
  });

  test('no attempt is made after an abort', async () => {
    expect(await errorOf(provider, aSite(site.url), { signal: AbortSignal.abort() })).toMatchObject({ kind: 'timeout' });
    expect(site.requests).toEqual([]);
  });

  test('a query for a metric is refused', async () => {
    await expect(provider.fetchSeries({ form: 'gauge', query: 'up', window }, new AbortController().signal)).rejects.toMatchObject({
      kind: 'bad_query',
    });
  });
});

describe('a probe of a port', () => {
  let server: Server;
  const listening = async (): Promise<number> => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    return typeof address === 'object' ? (address?.port ?? 0) : 0;
  };
  const aPort = (port: number, tlsDays: number | null = null) => ({ kind: 'tcp', host: '127.0.0.1', port, tlsDays }) as const;
  beforeEach(() => {
    server = createServer();
  });
  afterEach(() => new Promise<void>((resolve) => server.close(() => resolve())));

  test('passes if the port accepts connections', async () => {
    const port = await listening();
    expect(await seenBy(provider, aPort(port))).toMatch(/^1 of 1 attempts passed: connected in \d+ ms$/);
  });

  test('fails if the port refuses connections', async () => {
    const port = await listening();
    await new Promise<void>((resolve) => server.close(() => resolve()));
    expect(await seenBy(provider, aPort(port))).toBe(`1 of 1 attempts failed: 127.0.0.1:${port} could not be reached (ECONNREFUSED)`);
  });

  test('fails if the server does not answer the TLS handshake', async () => {
    server.on('connection', (socket) => socket.on('error', () => {}).resume());
    const port = await listening();
    expect(await seenBy(provider, aPort(port, 7), { withinMs: 300 })).toMatch(
      /^1 of 1 attempts failed: no connection to 127\.0\.0\.1:\d+ within (?:29\d|300)ms$/,
    );
  });

  test('fails in time if the answer never ends', async () => {
    server.on('connection', (socket) => {
      socket.on('error', () => {}).resume();
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf');
    });
    const port = await listening();
    expect(await seenBy(provider, aSite(`http://127.0.0.1:${port}/`), { withinMs: 300 })).toMatch(
      /failed: no answer from .* within (?:29\d|300)ms/,
    );
  });
});
