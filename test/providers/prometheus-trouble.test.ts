import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createGuard } from '../../providers/guard.ts';
import { prometheus } from '../../providers/prometheus.ts';
import type { ProviderError } from '../../src/core/base/errors.ts';
import { createHttp, type Http } from '../../src/net/http.ts';
import { createRunProcess } from '../../src/net/process.ts';

const never = new AbortController().signal;
const window = { from: 0, to: 30_000, stepMs: 15_000 };
const whole = JSON.stringify({
  status: 'success',
  data: {
    resultType: 'matrix',
    result: [
      {
        metric: {},
        values: [
          [15, '1'],
          [30, '2'],
        ],
      },
    ],
  },
});
const page = '<!doctype html><html><body>502 Bad Gateway, upstream token abcdef123</body></html>';

/** What the server writes: bytes of the body, and a header. `ends: false`: the connection is cut in the middle. */
type Wire = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly parts: readonly (string | Buffer)[];
  readonly ends?: false;
  readonly apartMs?: number;
};

describe('a server or a proxy in trouble', () => {
  let server: Server;
  let http: Http;
  let wires: Wire[];
  let count: number;
  beforeEach(async () => {
    count = 0;
    http = createHttp();
    server = createServer(async (_, response) => {
      const { status = 200, headers, parts, ends, apartMs = 0 } = wires[Math.min(count++, wires.length - 1)]!;
      response.writeHead(status, headers);
      for (const part of parts) {
        response.write(part);
        if (apartMs > 0) await new Promise((resolve) => setTimeout(resolve, apartMs));
      }
      if (ends === false) setTimeout(() => response.destroy(), 20);
      else response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    await http.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const provider = (options: object = {}) => {
    const { port } = server.address() as AddressInfo; // A server that listens on TCP has one.
    return prometheus.bind({ url: `http://127.0.0.1:${port}`, bearer: 'abcdef123', ...options })({ http, run: createRunProcess({}) });
  };
  const ask = (asked = provider()) => asked.fetchSeries({ form: 'gauge', query: 'x', window }, never);
  const values = async () => (await ask()).series.flatMap(({ samples }) => samples.map(([, value]) => value));

  test.for([
    ['gzip', gzipSync(whole)],
    ['deflate', deflateSync(whole)],
    ['br', brotliCompressSync(whole)],
    ['GZIP', gzipSync(whole)],
  ] as const)('an answer packed by %s is read', async ([encoding, body]) => {
    wires = [{ headers: { 'content-encoding': encoding }, parts: [body.subarray(0, 9), body.subarray(9)] }];
    expect(await values()).toEqual([1, 2]);
  });

  test.for<readonly [string, Wire, Partial<ProviderError>]>([
    [
      'half of a packed answer',
      { headers: { 'content-encoding': 'gzip' }, parts: [gzipSync(whole).subarray(0, 40)] },
      { kind: 'unavailable' },
    ],
    ['an answer that is not packed as it says', { headers: { 'content-encoding': 'gzip' }, parts: [whole] }, { kind: 'unavailable' }],
    [
      'a small answer that unpacks to a huge one',
      { headers: { 'content-encoding': 'gzip' }, parts: [gzipSync(Buffer.alloc(80_000_000))] },
      { kind: 'bad_response' },
    ],
    ['an answer that ends in the middle', { headers: { 'content-length': '999' }, parts: [whole], ends: false }, { kind: 'unavailable' }],
    ['half a JSON', { parts: [whole.slice(0, 60)] }, { kind: 'bad_response' }],
    ['a page with status 200', { headers: { 'content-type': 'text/html' }, parts: [page] }, { kind: 'bad_response' }],
    ['a page with status 502', { status: 502, parts: [page] }, { kind: 'unavailable', retryable: true }],
    ['a page with status 400', { status: 400, parts: [page] }, { kind: 'bad_response' }],
    ['a page with status 403', { status: 403, parts: [page] }, { kind: 'unauthorized' }],
    ['429 with Retry-After', { status: 429, headers: { 'retry-after': '9' }, parts: [] }, { kind: 'rate_limited', retryAfterMs: 9_000 }],
    ['429 without Retry-After', { status: 429, parts: [page] }, { kind: 'rate_limited', retryAfterMs: undefined, retryable: true }],
    ['429 with a Retry-After that is nothing', { status: 429, headers: { 'retry-after': 'soon' }, parts: [] }, { kind: 'rate_limited' }],
  ])('%s is an error, never data', async ([, wire, expected]) => {
    wires = [wire];
    const error = await ask().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'ProviderError', ...expected });
    expect(String((error as ProviderError).message)).not.toContain('abcdef123');
  });

  test('an answer that comes in drops is read, or ends with the timeout', async () => {
    wires = [{ parts: [...whole], apartMs: 1 }];
    expect(await values()).toEqual([1, 2]);
    wires = [{ parts: [...whole], apartMs: 50 }];
    await expect(ask(provider({ timeout: '200ms' }))).rejects.toMatchObject({ kind: 'timeout' });
  });

  test('429 without Retry-After is asked again after a pause, and then answered', async () => {
    wires = [{ status: 429, parts: [] }, { status: 429, parts: [page] }, { parts: [whole] }];
    const guarded = createGuard(provider(), { limits: { concurrency: 4, perSecond: null } });
    const answer = await guarded.fetchSeries({ form: 'gauge', query: 'x', window }, never);
    expect(answer.series).toHaveLength(1);
    expect(count).toBe(3);
  });
});
