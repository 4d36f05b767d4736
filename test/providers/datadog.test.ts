import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { datadog } from '../../providers/datadog.ts';
import { createGuard } from '../../providers/guard.ts';
import { ticksFromAnswers } from '../../src/core/series/ticks-from-answers.ts';
import { createHttp } from '../../src/net/http.ts';
import { createRunProcess } from '../../src/net/process.ts';
import type { MetricsProvider, SeriesQuery } from '../../src/ports/provider.ts';
import { describeProviderContract } from '../contracts/provider.ts';
import { type FakeDatadog, startFakeDatadog } from '../support/fake-datadog.ts';
import { type SeenRequest, type StubReply, type StubServer, startStubServer } from '../support/stub-server.ts';

const http = createHttp();
afterAll(() => http.close());
const never = new AbortController().signal;
const keys = { api_key: 'an-api-key', app_key: 'an-app-key' };
const make = (url: string, options: object = {}): MetricsProvider =>
  datadog.bind({ ...keys, url, ...options })({ http, run: createRunProcess({}) });
const attributesOf = ({ body }: SeenRequest) => JSON.parse(body).data.attributes;

const answer = (series: readonly object[], times: readonly number[], values: readonly unknown[]): StubReply => ({
  body: { data: { id: '0', type: 'timeseries_response', attributes: { series, times, values } } },
});

describeProviderContract('datadog', {
  create: (url, secret) => make(url, { app_key: secret }),
  gauge: 'avg:queue.size{service:ö&=%+,env:prod}',
  series: (list) => {
    const times = [...new Set(list.flatMap(({ samples }) => samples.map(([at]) => at - 15_000)))];
    return answer(
      list.map(({ labels }) => ({
        group_tags: Object.entries(labels).map(([key, value]) => `${key}:${value}`),
        query_index: 0,
        unit: null,
      })),
      times,
      list.map(({ samples }) =>
        times.map((time) => {
          const value = samples.find(([at]) => at - 15_000 === time)?.[1] ?? null;
          return value === null || Number.isFinite(value) ? value : String(value);
        }),
      ),
    );
  },
  gap: (at) => answer([{ group_tags: [], query_index: 0, unit: null }], [at - 15_000], [[null]]),
  noAlerts: { body: [] },
  badQuery: (words) => ({ status: 400, body: { errors: [words] } }),
  garbage: [
    'not json',
    '',
    'null',
    '[]',
    '42',
    {},
    { data: null },
    { errors: [] },
    { data: { attributes: {} } },
    { data: { attributes: { series: {}, times: [], values: [] } } },
    { data: { attributes: { series: [{ query_index: 0 }], times: [1_700_000_000_000], values: [] } } },
    { data: { attributes: { series: [{ query_index: 0 }], times: [1_700_000_000_000], values: [[]] } } },
    { data: { attributes: { series: [{ query_index: 0 }], times: [1_700_000_000_000], values: [['many']] } } },
    { data: { attributes: { series: [{ query_index: 1 }], times: [1_700_000_000_000], values: [[1]] } } },
    { data: { attributes: { series: [{ query_index: 0 }], times: [1_700_000_007_000], values: [[1]] } } },
  ],
  sentQuery: (request) => attributesOf(request).queries[0].query,
  sentSecret: ({ headers }) => String(headers['dd-application-key']),
});

describe('the datadog provider and counts', () => {
  const window = { from: 1_700_000_100_000, to: 1_700_000_160_000, stepMs: 15_000 };
  const asked = { window, lookbackMs: 300_000 };
  const hits = 'sum:http.hits{service:shop}.as_count()';
  const errors = 'sum:http.errors{service:shop}.as_count()';
  let world: FakeDatadog;
  beforeEach(async () => {
    world = await startFakeDatadog();
  });
  afterEach(() => world.close());
  const at = (seconds: number): number => window.from + seconds * 1_000;
  const counter = (query: string, matchers = ''): SeriesQuery => ({ form: 'counter', query, matchers, window, lookbackMs: 300_000 });
  const hit = (seconds: number, value: number, ...tags: string[]) => ({
    metric: 'http.hits',
    at: at(seconds),
    value,
    tags: ['service:shop', ...tags],
  });
  const error = (seconds: number, value: number, ...tags: string[]) => ({ ...hit(seconds, value, ...tags), metric: 'http.errors' });
  const ask = (query: SeriesQuery) => make(world.url).fetchSeries(query, never);
  const guarded = () => createGuard(make(world.url), { limits: { concurrency: 4, perSecond: null }, maxTicks: datadog.maxTicks ?? null });

  test('a ratio is one request for both counts; without an error, a tick with traffic has 0 errors and one without has no data', async () => {
    world.add(hit(0, 5), hit(14, 5), error(3, 2), hit(31, 7), hit(60, 100), hit(-1, 100));
    const guard = guarded();
    const [bad, total] = await Promise.all([guard.fetchSeries(counter(errors), never), guard.fetchSeries(counter(hits), never)]);
    expect(ticksFromAnswers('ratio', { bad, total }, asked)).toEqual({
      kind: 'ratio',
      total: [10, null, 7, null],
      bad: [2, null, 0, null],
    });
    expect(world.bodies()).toEqual([
      {
        data: {
          type: 'timeseries_request',
          attributes: {
            from: window.from,
            to: window.to,
            interval: 15_000,
            queries: [
              { data_source: 'metrics', name: 'q0', query: errors },
              { data_source: 'metrics', name: 'q1', query: hits },
            ],
            formulas: [{ formula: 'q0' }, { formula: 'q1' }],
          },
        },
      },
    ]);
  });

  test('a metric that does not exist is no data, not 0', async () => {
    expect(ticksFromAnswers('rate', { count: await ask(counter(hits)) }, asked)).toEqual({ kind: 'rate', count: [null, null, null, null] });
  });

  test('where a query of a request is wrong, the others still get their answers', async () => {
    world.add(hit(0, 5));
    const guard = guarded();
    const [wrong, right] = await Promise.allSettled([
      guard.fetchSeries(counter('count(v: v>1):http.hits{*}.as_count()'), never),
      guard.fetchSeries(counter(hits), never),
    ]);
    expect(wrong).toMatchObject({ status: 'rejected', reason: { kind: 'bad_query', message: expect.stringContaining('unable to parse') } });
    expect(right).toMatchObject({ status: 'fulfilled', value: { series: [{ samples: [[at(15), 5]] }] } });
  });

  test('adds groups up for a count, and keeps them apart for a further label', async () => {
    world.add(hit(0, 5, 'env:a'), hit(0, 6, 'env:b'));
    const count = await ask(counter('sum:http.hits{service:shop} by {env}.as_count()'));
    expect(count.series.map(({ labels }) => labels)).toEqual([{ env: 'a' }, { env: 'b' }]);
    expect(ticksFromAnswers('rate', { count }, asked)).toEqual({ kind: 'rate', count: [11, null, null, null] });
    const apart = await ask({ form: 'increase', query: hits, matchers: '', window, by: ['env'] });
    expect(apart.series.map(({ labels, samples }) => [labels.env, samples])).toEqual([
      ['a', [[at(15), 5]]],
      ['b', [[at(15), 6]]],
    ]);
  });

  test('adds the matchers of a control to each metric', async () => {
    world.add(hit(0, 5, 'version:v2'), hit(0, 6, 'version:v1'), error(0, 1, 'version:v2'));
    expect((await ask(counter(hits, 'version:v2'))).series).toEqual([{ labels: {}, instance: '', samples: [[at(15), 5]] }]);
  });

  test('metrics that are added up are asked apart: where one has no data, the other still counts', async () => {
    world.add(hit(0, 5, 'version:v2'), error(20, 1, 'version:v2'), error(25, 7));
    const count = await ask(counter(`${hits} + sum:http.errors{*}.as_count()`, 'version:v2'));
    expect(world.bodies()[0]?.data.attributes).toMatchObject({
      queries: [{ query: 'sum:http.hits{service:shop,version:v2}.as_count()' }, { query: 'sum:http.errors{version:v2}.as_count()' }],
      formulas: [{ formula: 'q0' }, { formula: 'q1' }],
    });
    expect(count.series.map(({ labels }) => labels.metric)).toEqual(['http.hits', 'http.errors']);
    expect(ticksFromAnswers('rate', { count }, asked)).toEqual({ kind: 'rate', count: [5, 1, null, null] });
  });

  test('a value is one metric or a formula of several', async () => {
    world.add(hit(0, 10), error(1, 1), { metric: 'queue.size', at: at(40), value: 3 }, { metric: 'queue.size', at: at(42), value: 4 });
    const value = (query: string) => ask({ form: 'gauge', query, window });
    expect((await value('avg:queue.size{*}')).series).toEqual([{ labels: {}, instance: '', samples: [[at(45), 3.5]] }]);
    expect((await value(`${errors} / ${hits}`)).series).toEqual([{ labels: {}, instance: '', samples: [[at(15), 0.1]] }]);
  });

  test('a long window is split, so that Datadog need not choose a longer interval', async () => {
    const long = { ...window, to: window.from + 700 * 15_000 };
    world.add(hit(0, 1), hit(10_000, 2));
    const count = await guarded().fetchSeries({ ...counter(hits), window: long }, never);
    const ticks = ticksFromAnswers('rate', { count }, { window: long, lookbackMs: 0 });
    expect(ticks.kind === 'rate' && ticks.count.flatMap((one, tick) => (one === null ? [] : [[tick, one]]))).toEqual([
      [0, 1],
      [666, 2],
    ]);
    expect(world.requests).toHaveLength(3);
  });

  test('points that are coarser than the ticks are refused', async () => {
    await world.close();
    world = await startFakeDatadog({ minIntervalMs: 60_000 });
    const long = { from: 1_700_000_040_000, to: 1_700_000_640_000, stepMs: 15_000 };
    world.add(...Array.from({ length: 40 }, (_, i) => hit(-60 + i * 15, 1)));
    await expect(ask({ ...counter(hits), window: long })).rejects.toMatchObject({
      kind: 'bad_response',
      message: expect.stringMatching(/a point every 1m, but a tick is 15s: write a longer `every`/),
    });
  });

  test.for([
    ['a rate', 'sum:http.hits{*}.as_rate()', /not read as a count/],
    ['gaps that are filled', 'default_zero(sum:http.hits{*}.as_count())', /default_zero.*a tick without data must stay one/],
    ['a broken query', 'sum:http.hits{service:shop', /not closed/],
  ] as const)('refuses %s without a request', async ([, query, words]) => {
    await expect(ask(counter(query))).rejects.toMatchObject({ kind: 'bad_query', message: expect.stringMatching(words) });
    await expect(ask({ ...counter(hits), window: { from: 0, to: 1_500, stepMs: 1_500 } })).rejects.toThrow(/whole seconds/);
    expect(world.requests).toEqual([]);
  });
});

describe('the datadog provider', () => {
  let server: StubServer;
  beforeEach(async () => {
    server = await startStubServer();
  });
  afterEach(() => server.close());
  const empty = answer([], [], []);

  test('after 429, it pauses until the rate limit begins anew', async () => {
    server.reply({
      status: 429,
      headers: { 'x-ratelimit-limit': '600', 'x-ratelimit-period': '3600', 'x-ratelimit-reset': '4' },
      body: { errors: ['Rate limit of 600 requests in 3600 seconds reached.'] },
    });
    await expect(make(server.url).ping(never)).rejects.toMatchObject({ kind: 'rate_limited', retryAfterMs: 4_000 });
  });

  test('without a reset, it pauses for the whole period', async () => {
    server.reply({ status: 429, headers: { 'x-ratelimit-period': '60' }, body: '' });
    await expect(make(server.url).ping(never)).rejects.toMatchObject({ kind: 'rate_limited', retryAfterMs: 60_000 });
  });

  test('while no request is left, none is sent', async () => {
    const provider = make(server.url);
    server.reply({ ...(empty as object), headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '3000' } });
    await provider.ping(never);
    await expect(provider.ping(never)).rejects.toMatchObject({
      kind: 'rate_limited',
      message: expect.stringMatching(/used up, and begins anew in (50m|49m)/),
    });
    expect(server.requests).toHaveLength(1);
  });

  test('while some are left, it goes on', async () => {
    const provider = make(server.url);
    server.reply({ ...(empty as object), headers: { 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': '3000' } });
    await provider.ping(never);
    await provider.ping(never);
    expect(server.requests).toHaveLength(2);
  });

  test('errors next to data are an error: the data may be incomplete', async () => {
    server.reply({ body: { data: { attributes: { series: [], times: [], values: [] } }, errors: 'one shard did not answer' } });
    await expect(make(server.url).ping(never)).rejects.toMatchObject({ kind: 'bad_query', message: expect.stringContaining('one shard') });
  });

  test('a wrong key says which right is needed', async () => {
    server.reply({ status: 403, body: { errors: ['Forbidden'] } });
    await expect(make(server.url).ping(never)).rejects.toMatchObject({
      kind: 'unauthorized',
      message: expect.stringContaining('timeseries_query'),
    });
  });

  test('its limits and settle time come from its options', () => {
    expect(datadog.settleMs(datadog.example)).toBe(60_000);
    expect(datadog.limits(datadog.example)).toEqual({ concurrency: 4, perSecond: 5 });
  });

  test.for([
    ['us1', 'api.datadoghq.com'],
    ['eu', 'api.datadoghq.eu'],
    ['gov', 'api.ddog-gov.com'],
    ['ap1', 'api.ap1.datadoghq.com'],
  ] as const)('the site %s is %s', async ([site, host]) => {
    const seen: string[] = [];
    const request = async ({ url }: { url: string }) => {
      seen.push(url);
      return { status: 403, headers: {}, text: '' };
    };
    await expect(
      datadog
        .bind({ ...keys, site })({ http: { ...http, request }, run: createRunProcess({}) })
        .ping(never),
    ).rejects.toThrow(host);
    expect(seen).toEqual([`https://${host}/api/v2/query/timeseries`]);
  });

  test.for([
    [{ site: 'datadoghq.eu' }, /site|us1/],
    [{ site: 'eu', url: 'https://proxy.example.com' }, /both site and url/],
    [{ app_key: 'two\nlines' }, /one line/],
    [{ api_key: undefined }, /api_key/],
    [{ limits: { per_second: 101 } }, /per_second|<=100/],
  ] as const)('options %j are refused', ([options, problem]) => {
    expect(() => datadog.bind({ ...keys, ...options })).toThrow(problem);
  });
});
