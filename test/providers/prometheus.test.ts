import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { prometheus } from '../../providers/prometheus.ts';
import type { ProviderError } from '../../src/core/base/errors.ts';
import { instanceName } from '../../src/core/series/answer.ts';
import { createHttp } from '../../src/net/http.ts';
import { createRunProcess } from '../../src/net/process.ts';
import type { MetricsProvider } from '../../src/ports/provider.ts';
import { describeProviderContract } from '../contracts/provider.ts';
import { type SeenRequest, type StubReply, type StubServer, startStubServer } from '../support/stub-server.ts';

const http = createHttp();
afterAll(() => http.close());
const never = new AbortController().signal;
const make = (url: string, options: object = {}): MetricsProvider =>
  prometheus.bind({ url, ...options })({ http, run: createRunProcess({}) });
const paramsOf = (request: SeenRequest): URLSearchParams => new URLSearchParams(request.body);

type Entry = { readonly metric: Readonly<Record<string, string>>; readonly values: readonly (readonly [number, string])[] };
const matrix = (...result: readonly Entry[]): StubReply => ({ body: { status: 'success', data: { resultType: 'matrix', result } } });
const text = (value: number): string => (Number.isFinite(value) || Number.isNaN(value) ? String(value) : value > 0 ? '+Inf' : '-Inf');

describeProviderContract('prometheus', {
  create: (url, secret) => make(url, { bearer: secret }),
  gauge: 'histogram_quantile(0.99, sum by (le) (rate(x{a="ö&=%+"}[5m])))',
  series: (list) =>
    matrix(...list.map(({ labels, samples }) => ({ metric: labels, values: samples.map(([at, v]) => [at / 1_000, text(v)] as const) }))),
  badQuery: (error) => ({ status: 400, body: { status: 'error', errorType: 'bad_data', error } }),
  garbage: [
    'not json',
    '',
    'null',
    '[]',
    {},
    { status: 'success' },
    { status: 'success', data: { resultType: 'matrix', result: {} } },
    { status: 'success', data: { resultType: 'streams', result: [] } },
    { status: 'success', data: { resultType: 'matrix', result: [null] } },
    { status: 'success', data: { resultType: 'matrix', result: [{ metric: {} }] } },
    { status: 'success', data: { resultType: 'matrix', result: [{ metric: { a: 1 }, values: [] }] } },
    { status: 'success', data: { resultType: 'matrix', result: [{ metric: {}, values: [[1]] }] } },
    { status: 'success', data: { resultType: 'matrix', result: [{ metric: {}, values: [[1, 'many']] }] } },
    { status: 'success', data: { resultType: 'matrix', result: [{ metric: {}, values: [['1', '1']] }] } },
  ],
  sentQuery: (request) => paramsOf(request).get('query'),
  sentSecret: (request) => /^Bearer (.*)$/.exec(request.headers.authorization ?? '')?.[1] ?? null,
});

describe('the prometheus provider', () => {
  let server: StubServer;
  beforeEach(async () => {
    server = await startStubServer();
  });
  afterEach(() => server.close());
  const queries = (): readonly (string | null)[] => server.requests.map((request) => paramsOf(request).get('query'));
  const counter = {
    form: 'counter',
    query: 'errors{job="shop"}',
    matchers: '',
    lookbackMs: 60_000,
    window: { from: 300_000, to: 330_000, stepMs: 15_000 },
  } as const;

  test('reads raw samples of the window and its lookback, with the scrapes and starts of their instances', async () => {
    const labels = { job: 'shop', instance: 'a' };
    server.reply((request) =>
      paramsOf(request).get('query')?.startsWith('errors')
        ? matrix({
            metric: { __name__: 'errors', ...labels },
            values: [
              [240, '1'],
              [255, '2'],
              [330, '9'],
              [331, '10'],
            ],
          })
        : matrix(
            {
              metric: { __name__: 'up', ...labels },
              values: [
                [240, '1'],
                [255, '1'],
                [270, '0'],
                [330, '1'],
              ],
            },
            {
              metric: { __name__: 'process_start_time_seconds', ...labels },
              values: [
                [255, '100.5'],
                [270, '100.5'],
                [330, '400'],
              ],
            },
          ),
    );
    const answer = await make(`${server.url}/prom/`).fetchSeries(counter, never);
    const instance = instanceName('shop', 'a');
    expect(answer).toEqual({
      shape: 'cumulative',
      series: [
        {
          labels: { __name__: 'errors', ...labels },
          instance,
          samples: [
            [255_000, 2],
            [330_000, 9],
          ],
        },
      ],
      // Its clock is fast: the new start is clamped to the scrape that showed it.
      instances: [{ instance, seenAt: [255_000, 330_000], starts: [100_500, 330_000] }],
    });
    expect(server.requests.map(({ method, url }) => `${method} ${url}`)).toEqual(Array(2).fill('POST /prom/api/v1/query'));
    expect(queries()).toEqual(['errors{job="shop"}[90000ms]', '{__name__=~"up|process_start_time_seconds",job="shop"}[90000ms]']);
    expect(paramsOf(server.requests[0]!).get('time')).toBe('330.000');
  });

  test('queries the jobs of the result if the selector names none, and nothing if there are none', async () => {
    server.reply((request) =>
      paramsOf(request).get('query')?.startsWith('errors')
        ? matrix(
            { metric: { job: 'b.c' }, values: [[310, '1']] },
            { metric: { job: 'a' }, values: [[310, '1']] },
            { metric: {}, values: [[310, '1']] },
          )
        : matrix(),
    );
    const answer = await make(server.url).fetchSeries({ ...counter, query: 'errors{namespace="x"}' }, never);
    expect(queries()[1]).toBe('{__name__=~"up|process_start_time_seconds",job=~"a|b\\\\.c",namespace="x"}[90000ms]');
    expect(answer).toMatchObject({
      instances: ['b.c', 'a', ''].map((job) => ({ instance: instanceName(job, ''), seenAt: [310_000], starts: [] })),
    });
    server.reply(matrix());
    await make(server.url).fetchSeries({ ...counter, query: 'others{namespace="x"}' }, never);
    expect(queries().slice(2)).toEqual(['others{namespace="x"}[90000ms]']);
  });

  test('queries the instances behind several counters of a tick once', async () => {
    server.reply({ ...matrixReply(), delayMs: 20 });
    const provider = make(server.url);
    await Promise.all(['a', 'b', 'c'].map((name) => provider.fetchSeries({ ...counter, query: `${name}{job="shop",code="1"}` }, never)));
    await provider.fetchSeries({ ...counter, query: 'd{job="shop"}' }, never);
    expect(queries().filter((query) => query?.includes('up|'))).toHaveLength(1);
    await provider.fetchSeries({ ...counter, window: { ...counter.window, to: 345_000 } }, never);
    expect(queries().filter((query) => query?.includes('up|'))).toHaveLength(2);
  });

  test('several processes behind one address have no start', async () => {
    const labels = { __name__: 'process_start_time_seconds', job: 'shop', instance: 'a' };
    server.reply(
      matrix(
        { metric: { ...labels, worker: '1' }, values: [[310, '100']] },
        { metric: { ...labels, worker: '2' }, values: [[310, '200']] },
        { metric: { ...labels, __name__: 'up' }, values: [[310, '1']] },
      ),
    );
    expect(await make(server.url).fetchSeries(counter, never)).toMatchObject({ instances: [{ seenAt: [310_000], starts: [] }] });
  });

  test('adds the matchers to the selector, and refuses invalid ones', async () => {
    server.reply(matrix());
    const provider = make(server.url);
    await provider.fetchSeries({ ...counter, matchers: 'version="v2"' }, never);
    expect(queries()[0]).toBe('errors{job="shop",version="v2"}[90000ms]');
    for (const wrong of [{ query: 'rate(errors[5m])' }, { matchers: 'version="v2"} or up{a="b"' }]) {
      await expect(provider.fetchSeries({ ...counter, ...wrong }, never)).rejects.toMatchObject({ kind: 'bad_query' });
    }
    expect(queries()).toHaveLength(2);
  });

  test('sums of the server end at the ends of ticks', async () => {
    server.reply(
      matrix({
        metric: { le: '1' },
        values: [
          [315, '1'],
          [330, '2'],
        ],
      }),
    );
    const query = { form: 'increase', query: 'h_bucket{job="a"}', matchers: 'v="1"', by: ['le'], window: counter.window } as const;
    const answer = await make(server.url).fetchSeries(query, never);
    expect(answer).toMatchObject({
      shape: 'delta',
      series: [
        {
          labels: { le: '1' },
          samples: [
            [315_000, 1],
            [330_000, 2],
          ],
        },
      ],
    });
    const sent = Object.fromEntries(paramsOf(server.requests[0]!));
    expect(sent).toMatchObject({ start: '315.000', end: '330.000', step: '15.000' });
    expect(sent.query).toMatch(/^sum by \(le\) \(.*increase\(h_bucket\{job="a",v="1"\}\[15000ms\]\)\)$/);
    await make(server.url).fetchSeries({ ...query, by: ['service.name', 'le) or "1'] }, never);
    expect(paramsOf(server.requests[1]!).get('query')).toMatch(/^sum by \("service\.name", "le\) or \\"1"\) \(/);
  });

  test('a long window is split into several queries, and the series are joined', async () => {
    server.reply((request) => {
      const [start, end] = ['start', 'end'].map((name) => Number(paramsOf(request).get(name)));
      return matrix({
        metric: { a: 'x' },
        values: [
          [start!, '1'],
          [end!, '1'],
        ],
      });
    });
    const answer = await make(server.url).fetchSeries(
      { form: 'events', query: 'q', window: { from: 0, to: 24_000_000, stepMs: 1_000 } },
      never,
    );
    expect(answer.series.map(({ samples }) => samples.map(([at]) => at / 1_000))).toEqual([[1, 10_000, 10_001, 20_000, 20_001, 24_000]]);
    expect(server.requests).toHaveLength(3);
  });

  test.for<readonly [string, StubReply, string]>([
    [
      'a many-to-many match',
      { status: 422, body: { status: 'error', errorType: 'execution', error: 'many-to-many matching not allowed' } },
      'bad_query',
    ],
    ['a query that took too long', { status: 503, body: { status: 'error', errorType: 'timeout', error: 'query timed out' } }, 'timeout'],
    ['a server that starts', { status: 503, body: 'Service Unavailable' }, 'unavailable'],
    ['a refusal in another format', { status: 400, body: 'Bad Request' }, 'bad_response'],
    ['a text', { body: { status: 'success', data: { resultType: 'string', result: [1, 'x'] } } }, 'bad_query'],
    [
      'a native histogram without a count',
      { body: { status: 'success', data: { resultType: 'matrix', result: [{ metric: {}, histograms: [[315, { sum: '1' }]] }] } } },
      'bad_response',
    ],
    [
      'a range that changes from floats to native histograms',
      {
        body: {
          status: 'success',
          data: { resultType: 'matrix', result: [{ metric: {}, values: [[315, '1']], histograms: [[330, { count: '1', sum: '1' }]] }] },
        },
      },
      'bad_query',
    ],
    ['the part that a Thanos could reach', inPart({ warnings: ['No StoreAPIs matched for this query'] }), 'unavailable'],
    ['the part that a VictoriaMetrics cluster could reach', inPart({ isPartial: true }), 'unavailable'],
    ['a doubtful answer', inPart({ warnings: ['PromQL warning: encountered a mix of histograms and floats'] }), 'bad_query'],
  ])('%s is the right kind of error', async ([, reply, kind]) => {
    server.reply(reply);
    await expect(make(server.url).fetchSeries(counter, never)).rejects.toMatchObject({ kind });
  });

  test('an error about a partial answer says what the server said, short and without our token', async () => {
    server.reply(inPart({ warnings: ['store prod-3: token 4711-secret refused', 'x'.repeat(1_000)] }));
    const { message } = await make(server.url, { bearer: '4711-secret' })
      .fetchSeries(counter, never)
      .then(
        () => new Error('answered'),
        (error: unknown) => error as ProviderError, // The provider throws nothing else.
      );
    expect(message).toMatch(/answered only in part: store prod-3: token /);
    expect(message).not.toContain('4711-secret');
    expect(message.length).toBeLessThan(400);
  });

  test.for([
    { infos: ['metric might not be a counter'] },
    { warnings: ['PromQL info: metric might not be a counter'] },
    { warnings: [] },
    { isPartial: false },
  ])('an answer with %j is whole', async (more) => {
    server.reply(inPart(more));
    expect(await make(server.url).fetchSeries(counter, never)).toMatchObject({ series: [] });
  });

  test('asks for a whole answer or none', async () => {
    server.reply(matrix());
    await make(server.url).ping(never);
    expect(Object.fromEntries(paramsOf(server.requests[0]!))).toMatchObject({ partial_response: 'false', deny_partial_response: '1' });
  });

  test('ends after its timeout', async () => {
    server.reply('hang');
    await expect(make(server.url, { timeout: '50ms' }).ping(never)).rejects.toMatchObject({ kind: 'timeout' });
  });

  test('sends the password and the additional headers', async () => {
    server.reply(matrix());
    await make(server.url, { basic: { user: 'me', password: 'secret' }, headers: { 'X-Scope-OrgID': 'shop' } }).ping(never);
    expect(server.requests[0]?.headers).toMatchObject({ authorization: 'Basic bWU6c2VjcmV0', 'x-scope-orgid': 'shop' });
  });

  test.for([
    [{ url: 'prometheus:9090' }, /address of Prometheus/],
    [{ url: 'http://me:secret@prometheus:9090' }, /without a user/],
    [{ url: 'http://prometheus:9090/api/v1' }, /or \/api\/v1/],
    [{ url: 'http://p', bearer: 'a', basic: { user: 'b', password: 'c' } }, /both bearer and basic/],
    [{ url: 'http://p', ca: '/etc/ca.pem' }, /PEM text/],
    [{ url: 'http://p', bearer: 'two\nlines' }, /one line/],
    [{ url: 'http://p', token: 'a' }, /token/],
    [{ url: 'http://p', limits: { concurrency: 0 } }, /concurrency|>=1/],
  ] as const)('options %j are refused', ([options, problem]) => {
    expect(() => prometheus.bind(options)).toThrow(problem);
  });

  test('its limits and settle time come from its options', () => {
    const options = { url: 'http://p', settle: '20s', limits: { concurrency: 8, per_second: 50 } };
    expect(prometheus.settleMs(options)).toBe(20_000);
    expect(prometheus.limits(options)).toEqual({ concurrency: 8, perSecond: 50 });
    expect(prometheus.limits(prometheus.example)).toEqual({ concurrency: 4, perSecond: null });
  });
});

function inPart(more: object): { readonly body: object } {
  return { body: { ...matrixReply().body, ...more } };
}

function matrixReply(): { readonly body: object } {
  return { body: { status: 'success', data: { resultType: 'matrix', result: [] } } };
}

describe('a server that is not quite Prometheus', () => {
  let server: StubServer;
  beforeEach(async () => {
    server = await startStubServer();
  });
  afterEach(() => server.close());
  const settleOf = (options: object) => prometheus.settleMs({ url: 'http://p', ...options });

  test.for([
    [{}, 5_000],
    [{ settle: '7s', flavor: 'google' }, 7_000],
    [{ flavor: 'victoriametrics' }, 5_000],
    [{ flavor: 'mimir' }, 15_000],
    [{ url: 'https://aps-workspaces.eu-west-1.amazonaws.com/workspaces/ws-1' }, 15_000],
    [{ url: 'https://monitoring.eu-west-1.amazonaws.com' }, 120_000],
    [{ url: 'https://monitoring.googleapis.com/v1/projects/p/location/global/prometheus' }, 60_000],
    [{ url: 'https://shop-abcd.westeurope.prometheus.monitor.azure.com' }, 15_000],
    [{ url: 'https://prometheus-prod-01-eu-west-0.grafana.net/api/prom' }, 15_000],
    [{ url: 'https://monitoring.googleapis.com.example.com' }, 5_000],
  ] as const)('%j settles after %i ms', ([options, ms]) => {
    expect(settleOf(options)).toBe(ms);
  });

  test('gets the tenant in its header', async () => {
    server.reply(matrix());
    await make(server.url, { tenant: 'shop|cart' }).ping(never);
    expect(server.requests[0]?.headers['x-scope-orgid']).toBe('shop|cart');
    expect(() => make('http://p', { tenant: 'a', headers: { 'X-Scope-OrgId': 'b' } })).toThrow(/both tenant and the header/);
  });

  test('is sent only the parameters that it knows, as Google wants them', async () => {
    server.reply(matrix());
    await make(server.url, { flavor: 'google' }).ping(never);
    const { method, url, body, headers } = server.requests[0]!;
    expect([method, body, headers['content-type']]).toEqual(['GET', '', undefined]);
    expect([...new URL(url, server.url).searchParams.keys()].sort()).toEqual(['end', 'query', 'start', 'step', 'timeout']);
  });

  test.for([
    [0, 0],
    [30, 31_000],
    [1_000, 1_001_000],
    // Whatever this is, it is no clock.
    [10_000, 0],
  ])('%i hidden seconds: a lag of %i ms', async ([hiddenSeconds, lagMs]) => {
    server.reply((request) => {
      const [start, end] = ['start', 'end'].map((name) => Number(paramsOf(request).get(name)));
      const shown = end! - hiddenSeconds!;
      const values = Array.from({ length: end! - start! + 1 }, (_, i) => [start! + i, String(Math.min(start! + i, shown))] as const);
      return matrix({ metric: {}, values });
    });
    const asked = make(server.url);
    expect(asked.lagMs?.()).toBeNull();
    await asked.ping(never);
    expect(asked.lagMs?.()).toBe(lagMs);
  });

  test('that takes only queries that name a metric is reached', async () => {
    server.reply({ status: 400, body: { status: 'error', errorType: 'bad_data', error: 'must name a metric' } });
    const asked = make(server.url, { flavor: 'cloudwatch' });
    await asked.ping(never);
    expect(asked.lagMs?.()).toBe(0);
  });

  test('that cuts an answer without a word is not believed', async () => {
    server.reply(matrix(...Array.from({ length: 500 }, (_, i) => ({ metric: { i: String(i) }, values: [[15, '1'] as const] }))));
    const query = { form: 'gauge', query: 'x', window: { from: 0, to: 15_000, stepMs: 15_000 } } as const;
    await expect(make(server.url, { flavor: 'cloudwatch' }).fetchSeries(query, never)).rejects.toMatchObject({
      kind: 'bad_query',
      message: 'an answer of 500 series may be cut: ask for fewer',
    });
    expect((await make(server.url).fetchSeries(query, never)).series).toHaveLength(500);
  });

  test.for([
    [{ application: 'Grafana Mimir', version: '2.17.0' }, 'Mimir 2.17.0'],
    [{ version: '0.39.2' }, 'Thanos 0.39.2'],
    [{ version: '3.5.0', revision: 'x' }, 'Prometheus 3.5.0'],
    [null, 'a server that speaks Prometheus'],
  ] as const)('says what it is: %j is %s', async ([data, words]) => {
    server.reply(({ url }) => {
      if (!url.endsWith('/buildinfo')) return { status: 400, body: { status: 'error', errorType: 'bad_data', error: 'unknown function' } };
      return data === null ? { status: 404, body: '404 page not found' } : { body: { status: 'success', data } };
    });
    expect(await make(server.url).describe?.(never)).toBe(words);
  });

  test('whose vmauth of old refuses a token by a 400 is an error about credentials, without the token', async () => {
    server.reply({ status: 400, body: 'cannot find the provided auth token "Bearer abc" in config' });
    await expect(make(server.url, { bearer: 'abcdef' }).ping(never)).rejects.toMatchObject({
      kind: 'unauthorized',
      message: expect.stringMatching(/denied access \(it does not accept our credentials\)$/),
    });
  });
});
