import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { exactBounds } from '../../providers/prometheus/native.ts';
import { prometheus } from '../../providers/prometheus.ts';
import { createHttp } from '../../src/net/http.ts';
import { createRunProcess } from '../../src/net/process.ts';
import type { Series, SeriesQuery } from '../../src/ports/provider.ts';
import { type StubServer, startStubServer } from '../support/stub-server.ts';

const http = createHttp();
afterAll(() => http.close());
const never = new AbortController().signal;
const window = { from: 300_000, to: 330_000, stepMs: 15_000 };
const counter = { form: 'counter', query: 'seconds{job="a"}', matchers: '', window, lookbackMs: 300_000 } as const;

type Bucket = readonly [rule: number, from: string, to: string, count: string];
const histogram = (at: number, count: number, ...buckets: readonly Bucket[]) => [at, { count: String(count), sum: '1', buckets }] as const;
/** Of the schema 3: eight buckets for each factor of two. */
const near50ms: Bucket = [0, '0.04819408829399815', '0.05255602595335715', '10'];
const near300ms: Bucket = [0, '0.29730177875068026', '0.3242098886627524', '5'];
const above300ms: Bucket = [0, '0.3242098886627524', '0.35355339059327373', '2'];

describe('native histograms in the answers of a Prometheus', () => {
  let server: StubServer;
  beforeEach(async () => {
    server = await startStubServer();
  });
  afterEach(() => server.close());
  const fetch = (query: SeriesQuery) =>
    prometheus
      .bind({ url: server.url })({ http, run: createRunProcess({}) })
      .fetchSeries(query, never);
  const answer = (...result: readonly object[]) =>
    server.reply(({ body }) => {
      const isTargets = new URLSearchParams(body).get('query')?.includes('up|') === true;
      return { body: { status: 'success', data: { resultType: 'matrix', result: isTargets ? [] : result } } };
    });
  const columns = (series: readonly Series[]) =>
    Object.fromEntries(series.map(({ labels, samples }) => [labels.le ?? 'count', samples.map(([, value]) => value)]));
  const metric = { __name__: 'seconds', job: 'a', instance: 'i' };

  test('are counted at the bounds that the rules ask for; a bound inside of a bucket is moved to its end', async () => {
    answer({ metric, histograms: [histogram(315, 15, near50ms, near300ms), histogram(330, 17, near50ms, near300ms, above300ms)] });
    const { series } = await fetch({ ...counter, bounds: [0.25, 0.3, 0.5] });
    expect(columns(series)).toEqual({ 0.25: [10, 10], 0.3242098886627524: [15, 15], 0.5: [15, 17], '+Inf': [15, 17] });
    expect(series.every(({ labels, instance }) => labels.job === 'a' && instance.endsWith('i'))).toBe(true);
  });

  test('of several resolutions are counted at the bounds of the coarsest', async () => {
    answer({ metric, histograms: [histogram(315, 15, near50ms, near300ms), histogram(330, 17, [0, '0.25', '0.35355339059327373', '17'])] });
    expect(columns((await fetch({ ...counter, bounds: [0.3] })).series)).toEqual({ [2 ** -1.5]: [15, 17], '+Inf': [15, 17] });
  });

  test('with bounds that people chose keep them', async () => {
    const own: readonly Bucket[] = [
      [0, '0', '0.1', '4'],
      [0, '0.1', '0.3', '2'],
      [0, '1', '+Inf', '1'],
    ];
    answer({ metric, histograms: [histogram(330, 7, ...own)] });
    expect(columns((await fetch({ ...counter, bounds: [0.2, 0.3, 0.5] })).series)).toEqual({ 0.3: [6], 0.5: [6], '+Inf': [7] });
  });

  test('are their count where no bounds are asked for', async () => {
    answer({ metric, histograms: [histogram(315, 15, near50ms), histogram(330, 17, near50ms)] });
    expect(columns((await fetch(counter)).series)).toEqual({ count: [15, 17] });
    expect(columns((await fetch({ form: 'events', query: 'q', window })).series)).toEqual({ count: [15, 17] });
  });

  test('in a query for one number are refused', async () => {
    answer({ metric, histograms: [histogram(330, 17, near50ms)] });
    await expect(fetch({ form: 'gauge', query: 'seconds', window })).rejects.toMatchObject({ kind: 'bad_query' });
  });

  test('in a past: only numbers are subtracted', async () => {
    server.reply(({ url, body }) => {
      const query = new URLSearchParams(body).get('query') ?? '';
      const series = (labels: object, value: string) => ({ metric: labels, values: [[330, value]] });
      if (query.includes('"kind"'))
        return {
          body: {
            status: 'success',
            data: { resultType: 'matrix', result: [series({ kind: 'native' }, '2'), series({ kind: 'all' }, '2')] },
          },
        };
      if (url.endsWith('/query'))
        return {
          body: { status: 'success', data: { resultType: 'vector', result: [{ metric: {}, histogram: histogram(330, 5, near300ms) }] } },
        };
      return { body: { status: 'success', data: { resultType: 'matrix', result: [series({ le: '+Inf' }, '4')] } } };
    });
    const past = { form: 'increase', query: 'seconds{job="a"}', matchers: '', window } as const;
    await fetch({ ...past, by: ['le'], bounds: [0.3] });
    const sent = new URLSearchParams(server.requests.at(-1)?.body).get('query') ?? '';
    expect(sent).toMatch(
      /^sum by \(le\) \(label_replace\(.*histogram_fraction\(-Inf, 0\.324209888662752\d*, seconds\{job="a"\} offset 15000ms\)/,
    );
    await fetch({ ...past, by: [] });
    expect(new URLSearchParams(server.requests.at(-1)?.body).get('query')).toMatch(/^sum by \(\) \(\(\(\(histogram_count\(seconds/);
  });

  test('in a past together with numbers are refused; a server that knows none is asked as ever', async () => {
    const kinds = (native: string) => ({
      body: {
        status: 'success',
        data: {
          resultType: 'matrix',
          result: [
            ['native', native],
            ['all', '2'],
          ].map(([kind, value]) => ({ metric: { kind }, values: [[330, value]] })),
        },
      },
    });
    const past = { form: 'increase', query: 'seconds', matchers: '', window, by: [] } as const;
    server.reply(kinds('1'));
    await expect(fetch(past)).rejects.toMatchObject({ kind: 'bad_query' });
    server.reply(({ body }) =>
      new URLSearchParams(body).get('query')?.includes('histogram_count')
        ? { status: 422, body: { status: 'error', errorType: '422', error: 'unknown function' } }
        : { body: { status: 'success', data: { resultType: 'matrix', result: [] } } },
    );
    expect(await fetch(past)).toEqual({ shape: 'delta', series: [] });
    expect(new URLSearchParams(server.requests.at(-1)?.body).get('query')).toContain('increase(seconds[15000ms])');
  });
});

test.for([
  [[0.5], 0, [0.5]],
  [[0.3], 0, [0.5]],
  [[0.3], 1, [2 ** -1.5]],
  [[3], -1, [4]],
  [[250, 300], 2, [2 ** 8, 2 ** 8.25]],
  [[0], 3, [0]],
] as const)('bounds %j in buckets of the schema %j are exact at %j', ([bounds, schema, exact]) => {
  const width = 2 ** (2 ** -schema);
  expect(exactBounds(bounds, [{ buckets: [{ from: 1, to: width, count: 1 }] }])).toEqual(exact);
});
