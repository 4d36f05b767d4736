import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createGuard } from '../../providers/guard.ts';
import { newrelic } from '../../providers/newrelic.ts';
import { ticksFromAnswers } from '../../src/core/series/ticks-from-answers.ts';
import { createHttp } from '../../src/net/http.ts';
import { createRunProcess } from '../../src/net/process.ts';
import type { MetricsProvider, SeriesQuery } from '../../src/ports/provider.ts';
import { describeProviderContract } from '../contracts/provider.ts';
import { type FakeNerdGraph, nrqlBody, startFakeNerdGraph } from '../support/fake-nerdgraph.ts';
import { type SeenRequest, type StubServer, startStubServer } from '../support/stub-server.ts';

const http = createHttp();
afterAll(() => http.close());
const never = new AbortController().signal;
const forever = { retention: '36500d' };
const make = (url: string, options: object = {}): MetricsProvider =>
  newrelic.bind({ account: 1_234_567, key: 'NRAK-FAKE-KEY-OF-THE-TESTS', url, ...forever, ...options })({
    http,
    run: createRunProcess({}),
  });
const sent = (request: SeenRequest): string => JSON.parse(request.body).variables.query;

describeProviderContract('newrelic', {
  create: (url, key) => make(`${url}/graphql`, { key }),
  gauge: "SELECT latest(size) FROM Sample WHERE name = 'ö&=%+'",
  series: (list) =>
    nrqlBody({
      results: list.flatMap(({ labels, samples }) =>
        samples.map(([at, value]) => ({
          ...(Object.keys(labels).length > 0 && { facet: Object.values(labels), ...labels }),
          beginTimeSeconds: at / 1_000 - 15,
          endTimeSeconds: at / 1_000,
          inspectedCount: 1,
          'latest.size': Number.isFinite(value) ? value : String(value),
        })),
      ),
      metadata: { facets: null },
    }),
  gap: (at) =>
    nrqlBody({ results: [{ beginTimeSeconds: at / 1_000 - 15, endTimeSeconds: at / 1_000, inspectedCount: 0, 'latest.size': null }] }),
  badQuery: (message) => ({
    body: { data: { actor: { account: { nrql: null } } }, errors: [{ message, extensions: { errorClass: 'INVALID_INPUT' } }] },
  }),
  garbage: [
    'not json',
    '',
    'null',
    '[]',
    '42',
    {},
    { data: null },
    { data: null, errors: [] },
    { errors: 'many' },
    { data: { actor: null } },
    { data: { actor: { account: { nrql: null } } } },
    { data: { actor: { account: { nrql: {} } } } },
    { data: { actor: { account: { nrql: { results: {} } } } } },
    { data: { actor: { account: { nrql: { results: [null] } } } } },
    { data: { actor: { account: { nrql: { results: [{ count: 1 }] } } } } },
    { data: { actor: { account: { nrql: { results: [{ beginTimeSeconds: '1', endTimeSeconds: '16', count: 1 }] } } } } },
    { data: { actor: { account: { nrql: { results: [{ beginTimeSeconds: 1_700_000_000, endTimeSeconds: 1_700_000_015 }] } } } } },
    {
      data: { actor: { account: { nrql: { results: [{ beginTimeSeconds: 1_700_000_000, endTimeSeconds: 1_700_000_015, a: 1, b: 2 }] } } } },
    },
    { data: { actor: { account: { nrql: { results: [{ beginTimeSeconds: 1_700_000_000, endTimeSeconds: 1_700_000_015, a: [1] }] } } } } },
    { data: { actor: { account: { nrql: { results: [{ beginTimeSeconds: 1_700_000_007, endTimeSeconds: 1_700_000_022, a: 1 }] } } } } },
    { data: { actor: { account: { nrql: { results: [{ beginTimeSeconds: 1_700_000_000, endTimeSeconds: 1_700_000_060, a: 1 }] } } } } },
  ],
  sentQuery: (request) => sent(request).replace(/ SINCE \d+ UNTIL \d+ TIMESERIES 15 seconds$/, ''),
  sentSecret: (request) => String(request.headers['api-key']),
});

describe('the newrelic provider and events', () => {
  const window = { from: 1_700_000_100_000, to: 1_700_000_160_000, stepMs: 15_000 };
  const asked = { window, lookbackMs: 300_000 };
  let world: FakeNerdGraph;
  beforeEach(async () => {
    world = await startFakeNerdGraph();
  });
  afterEach(() => world.close());
  const at = (seconds: number): number => window.from + seconds * 1_000;
  const counter = (query: string, matchers = ''): SeriesQuery => ({ form: 'counter', query, matchers, window, lookbackMs: 300_000 });
  const ask = (query: SeriesQuery) => make(world.url).fetchSeries(query, never);
  const request = (seconds: number, more: object = {}) => ({
    type: 'Transaction',
    at: at(seconds),
    appName: 'shop',
    duration: 0.1,
    ...more,
  });

  test('counts the events of each tick, and 0 for a tick without events', async () => {
    world.add(
      request(1),
      request(2, { error: true }),
      request(31, { error: true }),
      request(-1),
      request(61),
      request(3, { appName: 'other' }),
    );
    const total = await ask(counter("SELECT count(*) FROM Transaction WHERE appName = 'shop'"));
    const bad = await ask(counter("SELECT filter(count(*), WHERE error IS true) FROM Transaction WHERE appName = 'shop'"));
    expect(ticksFromAnswers('ratio', { bad, total }, asked)).toEqual({ kind: 'ratio', total: [2, 0, 1, 0], bad: [1, 0, 1, 0] });
    expect(world.queries[0]).toBe(
      `SELECT count(*) FROM Transaction WHERE appName = 'shop' SINCE ${window.from} UNTIL ${window.to} TIMESERIES 15 seconds`,
    );
  });

  test('counts durations by the default bounds', async () => {
    world.add(...[0.004, 0.1, 0.26, 60].map((duration) => request(1, { duration })));
    const buckets = await ask(counter("SELECT duration FROM Transaction WHERE appName = 'shop'"));
    const ticks = ticksFromAnswers('latency', { buckets }, asked);
    expect(ticks).toMatchObject({
      kind: 'latency',
      le: [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30, Infinity],
    });
    expect(ticks.kind === 'latency' && ticks.buckets[0]).toEqual([1, 1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 4]);
  });

  test('counts durations by the bounds of the rule, written from either side, in seconds or milliseconds', async () => {
    world.add(...[100, 350, 600, 2_000].map((duration) => ({ type: 'Span', at: at(1), 'duration.ms': duration })));
    const buckets = await ask(
      counter('SELECT filter(count(*), WHERE duration.ms > 500), filter(count(*), WHERE duration.ms <= 350), count(*) FROM Span'),
    );
    expect(ticksFromAnswers('latency', { buckets }, asked)).toEqual({
      kind: 'latency',
      le: [0.35, 0.5, Infinity],
      buckets: [
        [2, 2, 4],
        [0, 0, 0],
        [0, 0, 0],
        [0, 0, 0],
      ],
    });
  });

  test('reads percentiles and averages; a tick without events has no value', async () => {
    world.add(...[0.1, 0.2, 0.3, 0.4].map((duration) => request(1, { duration })));
    for (const [query, value] of [
      ['SELECT percentile(duration, 75) FROM Transaction', 0.3],
      ['SELECT average(duration) FROM Transaction', 0.25],
      ['SELECT max(duration) FROM Transaction', 0.4],
      ['SELECT latest(duration) FROM Transaction', 0.4],
    ] as const) {
      const answer = await ask({ form: 'gauge', query, window });
      expect(ticksFromAnswers('value', { value: answer }, asked)).toEqual({ kind: 'value', value: [value, null, null, null] });
    }
  });

  test('adds all facets up for a count, and refuses them for a value', async () => {
    world.add(request(1, { region: 'eu' }), request(1, { region: 'us' }), request(20, { region: 'us' }), request(1));
    const count = await ask(counter('SELECT count(*) FROM Transaction FACET region'));
    expect(count.series.map(({ labels }) => labels)).toEqual([{ region: 'eu' }, { region: 'us' }, {}]);
    expect(ticksFromAnswers('rate', { count }, asked)).toEqual({ kind: 'rate', count: [3, 1, 0, 0] });
    expect(world.queries[0]).toMatch(/ LIMIT MAX$/);
    const value = await ask({ form: 'gauge', query: 'SELECT average(duration) FROM Transaction FACET region', window });
    expect(() => ticksFromAnswers('value', { value }, asked)).toThrow(/2 series/);
  });

  test('adds up what has several facets, in one tick or many', async () => {
    world.add(request(1, { region: 'eu' }), request(2, { region: 'eu', appName: 'api' }), request(50, { region: 'us' }));
    const facets = 'SELECT count(*) FROM Transaction FACET region, appName';
    const { series } = await ask(counter(facets));
    expect(series.map(({ labels, samples }) => [Object.values(labels).join(), ...samples.map(([, value]) => value)])).toEqual([
      ['eu,shop', 1, 0, 0, 0],
      ['eu,api', 1, 0, 0, 0],
      ['us,shop', 0, 0, 0, 1],
      ['', 0, 0, 0, 0],
    ]);
    const one = await ask({ form: 'events', query: facets, window: { ...window, to: at(15) } });
    expect(one.series.map(({ samples }) => samples)).toEqual([[[at(15), 1]], [[at(15), 1]], [[at(15), 0]]]);
  });

  test('a count is 0 without events, with facets too', async () => {
    for (const query of ['SELECT count(*) FROM Order', 'SELECT count(*) FROM Order FACET region']) {
      expect(ticksFromAnswers('rate', { count: await ask(counter(query)) }, asked)).toEqual({ kind: 'rate', count: [0, 0, 0, 0] });
    }
  });

  test('adds the matchers of a control, with and without WHERE', async () => {
    world.add(request(1, { appVersion: 'v2' }), request(1, { appVersion: 'v1' }));
    for (const query of ['SELECT count(*) FROM Transaction', "SELECT count(*) FROM Transaction WHERE appName = 'shop' FACET appName"]) {
      const count = await ask(counter(query, "appVersion = 'v2'"));
      expect(ticksFromAnswers('rate', { count }, asked)).toEqual({ kind: 'rate', count: [1, 0, 0, 0] });
    }
    expect(world.queries.map((query) => query.replace(/ SINCE.*/, ''))).toEqual([
      "SELECT count(*) FROM Transaction WHERE appVersion = 'v2'",
      "SELECT count(*) FROM Transaction WHERE (appName = 'shop') AND (appVersion = 'v2') FACET appName",
    ]);
  });

  test('empty $matchers are removed', async () => {
    for (const query of ["SELECT count(*) FROM T WHERE a = 'b' AND ", 'SELECT count(*) FROM T WHERE '])
      await ask({ form: 'events', query, window });
    expect(world.queries.map((query) => query.replace(/ SINCE.*/, ''))).toEqual([
      "SELECT count(*) FROM T WHERE a = 'b'",
      'SELECT count(*) FROM T',
    ]);
  });

  test('queries one tick without TIMESERIES', async () => {
    world.add(request(16), request(31));
    const one = { from: at(15), to: at(30), stepMs: 15_000 };
    const count = await ask({ form: 'events', query: 'SELECT count(*) FROM Transaction', window: one });
    expect(count.series).toEqual([{ labels: {}, instance: '', samples: [[at(30), 1]] }]);
    expect(world.queries).toEqual([`SELECT count(*) FROM Transaction SINCE ${one.from} UNTIL ${one.to}`]);
  });

  test('ticks that New Relic no longer keeps are not queried: they would count as 0', async () => {
    const now = Date.now();
    const stepMs = 60_000;
    const to = Math.floor(now / stepMs) * stepMs;
    const provider = make(world.url, { retention: '10m' });
    const { series } = await provider.fetchSeries(
      { ...counter('SELECT count(*) FROM T'), window: { from: to - 60 * stepMs, to, stepMs } },
      never,
    );
    expect(series[0]?.samples[0]?.[0]).toBeGreaterThan(now - 600_000);
    const old = { from: to - 60 * stepMs, to: to - 30 * stepMs, stepMs };
    expect(await provider.fetchSeries({ ...counter('SELECT count(*) FROM T'), window: old }, never)).toEqual({
      shape: 'delta',
      series: [],
    });
    expect(world.queries).toHaveLength(1);
  });

  test('a long window is split into queries of 366 ticks', async () => {
    const guarded = createGuard(make(world.url), { limits: { concurrency: 4, perSecond: null }, maxTicks: newrelic.maxTicks ?? null });
    const long = { from: window.from, to: window.from + 1_000 * 15_000, stepMs: 15_000 };
    world.add(request(1), request(14_999));
    const count = await guarded.fetchSeries({ ...counter('SELECT count(*) FROM Transaction'), window: long }, never);
    const ticks = ticksFromAnswers('rate', { count }, { window: long, lookbackMs: 0 });
    expect(ticks).toEqual({ kind: 'rate', count: [1, ...Array(998).fill(0), 1] });
    expect(world.queries).toHaveLength(3);
  });

  test('many checks send at most the 25 concurrent requests that New Relic allows', async () => {
    await world.close();
    world = await startFakeNerdGraph({ delayMs: 20 });
    const options = { ...newrelic.example, limits: { concurrency: 25, per_second: 50 } };
    const limits = { ...newrelic.limits(options), perSecond: null };
    const guarded = createGuard(make(world.url), { limits });
    const names = Array.from({ length: 100 }, (_, i) => `T${i}`);
    const answers = await Promise.all(names.map((name) => guarded.fetchSeries(counter(`SELECT count(*) FROM ${name}`), never)));
    expect(answers).toHaveLength(100);
    expect(world.mostAtOnce()).toBeLessThanOrEqual(25);
    expect(world.mostAtOnce()).toBeGreaterThan(5);
  });

  test('another account and another key are unauthorized', async () => {
    await expect(make(world.url, { account: 7 }).ping(never)).rejects.toMatchObject({ kind: 'unauthorized' });
    await expect(make(world.url, { key: 'NRAK-OTHER' }).ping(never)).rejects.toMatchObject({ kind: 'unauthorized' });
    await make(world.url).ping(never);
  });

  test.for([
    ['comments that would hide the time', 'SELECT count(*) FROM T WHERE a = 1.0--x', /comments/],
    ['a time range', 'SELECT count(*) FROM T SINCE 1 day ago', /cannot have SINCE/],
    ['a probe', null, /no probes/],
  ] as const)('refuses %s without a request', async ([, query, words]) => {
    const asking =
      query === null
        ? ({ form: 'probe', query: '', probe: {}, window } as unknown as SeriesQuery) // The form is refused before the probe is looked at.
        : counter(query);
    await expect(ask(asking)).rejects.toMatchObject({ kind: 'bad_query', message: expect.stringMatching(words) });
    await expect(ask(counter('SELECT count(*) FROM T', "a = 'b' FACET c"))).rejects.toThrow(/in the matchers: FACET/);
    await expect(ask({ ...counter('SELECT count(*) FROM T'), window: { from: 0, to: 1_500, stepMs: 1_500 } })).rejects.toThrow(
      /whole seconds/,
    );
    expect(world.queries).toEqual([]);
  });
});

describe('the newrelic provider', () => {
  let server: StubServer;
  beforeEach(async () => {
    server = await startStubServer();
  });
  afterEach(() => server.close());

  test('an answer of more than 16 MiB is a bad response', async () => {
    server.reply({ body: 'x'.repeat(16_777_217) });
    await expect(make(server.url).ping(never)).rejects.toMatchObject({ kind: 'bad_response' });
  });

  test.for([
    ['status 429', { status: 429, body: {} }],
    ['status 200', { body: { errors: [{ message: 'slow down', extensions: { errorClass: 'TOO_MANY_REQUESTS' } }] } }],
  ] as const)('too many requests, reported by %s, ask for a pause', async ([, reply]) => {
    server.reply(reply);
    await expect(make(server.url).ping(never)).rejects.toMatchObject({ kind: 'rate_limited', retryAfterMs: 2_000 });
  });

  test('ends after its timeout, and sends the timeout to New Relic', async () => {
    server.reply('hang');
    await expect(make(server.url, { timeout: '1100ms' }).ping(never)).rejects.toMatchObject({ kind: 'timeout' });
    server.reply({ body: 'x' });
    for (const timeout of ['12s', '10m'])
      await expect(make(server.url, { timeout }).ping(never)).rejects.toMatchObject({ kind: 'bad_response' });
    // New Relic accepts 5 to 120 s.
    expect(server.requests.map(({ body }) => JSON.parse(body).variables.timeout)).toEqual([5, 12, 120]);
  });

  test('an account that must be paid for is unauthorized', async () => {
    server.reply({ status: 402 });
    await expect(make(server.url).ping(never)).rejects.toMatchObject({ kind: 'unauthorized', message: expect.stringContaining('1234567') });
  });

  test('of several errors, the one of a known class counts', async () => {
    server.reply({ body: { data: null, errors: [{ message: 'oops' }, { message: 'late', extensions: { errorClass: 'TIMEOUT' } }] } });
    await expect(make(server.url).ping(never)).rejects.toMatchObject({ kind: 'timeout' });
  });

  test('its limits and settle time come from its options', () => {
    expect(newrelic.settleMs(newrelic.example)).toBe(120_000);
    expect(newrelic.limits(newrelic.example)).toEqual({ concurrency: 5, perSecond: 20 });
    expect(newrelic.limits({ ...newrelic.example, limits: { concurrency: 25 } })).toEqual({ concurrency: 25, perSecond: 20 });
  });

  test.for([
    [{ account: 0 }, /account|>=1/],
    [{ region: 'uk' }, /region|us/],
    [{ region: 'eu', url: 'https://proxy.example.com/graphql' }, /both region and url/],
    [{ url: 'https://me:secret@proxy.example.com/graphql' }, /without a user/],
    [{ key: 'two\nlines' }, /one line/],
    [{ limits: { concurrency: 26 } }, /concurrency|<=25/],
    [{ limits: { per_second: 51 } }, /per_second|<=50/],
    [{ token: 'a' }, /token/],
  ] as const)('options %j are refused', ([options, problem]) => {
    expect(() => newrelic.bind({ account: 1, key: 'NRAK-1', ...options })).toThrow(problem);
  });
});
