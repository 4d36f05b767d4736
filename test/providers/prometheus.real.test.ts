import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { prometheus } from '../../providers/prometheus.ts';
import { ceilTo, floorTo, type Window } from '../../src/core/base/window.ts';
import type { Column, Ticks } from '../../src/core/series/ticks.ts';
import { ticksFromAnswers } from '../../src/core/series/ticks-from-answers.ts';
import { createHttp } from '../../src/net/http.ts';
import { createRunProcess } from '../../src/net/process.ts';
import type { MetricsProvider, SeriesQuery } from '../../src/ports/provider.ts';
import { type AppOptions, type CountingApp, startCountingApp } from '../support/counting-app.ts';
import { account, hasPrometheus, type Prometheus, startPrometheus } from '../support/prometheus.ts';

const stepMs = 1_000;
const hourMs = 3_600_000;
const http = createHttp();
const signal = new AbortController().signal;
const providerAt = (url: string, options: object = {}) =>
  prometheus.bind({ url, timeout: '5s', ...options })({ http, run: createRunProcess({}) });
afterAll(() => http.close());

describe.skipIf(!hasPrometheus())('a real Prometheus', () => {
  let server: Prometheus;
  let provider: MetricsProvider;
  beforeAll(async () => {
    server = await startPrometheus();
    provider = providerAt(server.url);
  });
  afterAll(() => server.stop());

  test('increments equal what the apps counted while instances start, stop, restart and are relabeled', async () => {
    const longAgo = Date.now() - hourMs;
    const steady = await startApp({ startedAt: longAgo, before: 1_000 });
    const newborn = await startApp({});
    const leaving = await startApp({ startedAt: longAgo, before: 500 });
    const relabeled = await startApp({ startedAt: longAgo, before: 70_000 });
    server.setTargets([{ address: steady.address }, { address: leaving.address }]);
    await Promise.all([steady.scraped(), leaving.scraped()]);
    await untilSeen(provider, [steady, leaving]);
    const from = floorTo(Date.now(), stepMs);
    steady.serve(200);
    leaving.serve(30, '200', 0.3);
    newborn.serve(7, '500', 0.7);
    await Promise.all([steady.scraped(), leaving.scraped()]);
    server.setTargets([{ address: steady.address }, { address: newborn.address }, { address: relabeled.address, labels: { zone: 'b' } }]);
    await Promise.all([newborn.scraped(), relabeled.scraped()]);
    // The first error of a known instance; then a restart that has already served more than before.
    steady.serve(1, '503', 0.3);
    relabeled.serve(11);
    await Promise.all([steady.scraped(), relabeled.scraped()]);
    steady.restart();
    steady.serve(1_500);
    newborn.serve(5, '200', 0.3);
    await Promise.all([steady.scraped(), newborn.scraped()]);
    const counted = { bad: 7 + 1, total: 200 + 30 + 7 + 1 + 11 + 1_500 + 5, fast: 200 + 11 + 1_500, slow: 7 };
    const window = await windowUntil(from);
    const errors = await expectSum(() => ratio(provider, window), counted);
    expect(await ratioIn(provider, [from, from + 3_000, window.to])).toEqual({ bad: counted.bad, total: counted.total });
    expect(errors.kind === 'ratio' && errors.bad.find((count) => count !== null && count > 0)).toBeGreaterThanOrEqual(7);
    const latency = await latencyOf(provider, window);
    expect(latency.kind === 'latency' && latency.le).toEqual([0.1, 0.5, Infinity]);
    expect(sumsOf(latency)).toEqual([counted.fast, counted.total - counted.slow, counted.total]);
  });

  test('instances without a start time count from zero only together with instances that were watched before', async () => {
    const old = await startApp({ startedAt: null, before: 900 });
    const late = await startApp({ startedAt: null, before: 40 });
    const from = floorTo(Date.now(), stepMs);
    server.setTargets([{ address: old.address, labels: { app: 'mute' } }]);
    await untilSeen(provider, [old]);
    await old.scraped();
    await old.scraped();
    server.setTargets([old, late].map(({ address }) => ({ address, labels: { app: 'mute' } })));
    await untilSeen(provider, [late]);
    const query = { form: 'counter', query: 'http_requests_total{app="mute"}', matchers: '', lookbackMs: 1 } as const;
    const window = { from, to: ceilTo(Date.now(), stepMs), stepMs };
    const answer = await provider.fetchSeries({ ...query, window }, signal);
    expect(totalOf(ticksFromAnswers('rate', { count: answer }, { window, lookbackMs: 1 }))).toBe(40);
  });

  test('sums of the server equal what an app counted over a restart, with a step as short as the scrape interval', async () => {
    const app = await scrapedWithinTicks();
    const from = ceilTo(Date.now(), stepMs);
    await app.scraped();
    for (const count of [3, 5, 0, 7]) {
      app.serve(count);
      await app.scraped();
    }
    app.restart();
    app.serve(4);
    await app.scraped();
    const query = { form: 'increase', query: 'http_requests_total{app="steady"}', matchers: 'code="200"', by: ['code'] } as const;
    await expect
      .poll(async () => {
        const window = { from, to: floorTo(Date.now(), stepMs), stepMs };
        const answer = await provider.fetchSeries({ ...query, window }, signal);
        return totalOf(ticksFromAnswers('rate', { count: answer }, { window, lookbackMs: 0 }));
      })
      .toBe(19);
  });

  /**
   * An app that is scraped well within a tick. When a target is scraped depends on its address; near the end of a tick one tick may get two scrapes, and
   * the difference of samples cannot see a restart between them.
   */
  async function scrapedWithinTicks(): Promise<CountingApp> {
    for (;;) {
      const app = await startApp({ startedAt: Date.now() - hourMs, before: 10 });
      server.setTargets([{ address: app.address, labels: { app: 'steady' } }]);
      await untilSeen(provider, [app]);
      await app.scraped();
      const phase = (Date.now() % stepMs) / stepMs;
      if (phase > 0.2 && phase < 0.8) return app;
    }
  }

  test('a gauge has a sample at the end of every tick, for any number of ticks', async () => {
    const to = floorTo(Date.now(), stepMs);
    const window = { from: to - 25_000 * stepMs, to, stepMs };
    const answer = await provider.fetchSeries({ form: 'gauge', query: 'vector(time())', window }, signal);
    const samples = answer.series.flatMap((one) => one.samples);
    expect(samples).toHaveLength(25_000);
    expect(samples.every(([at, value], i) => at === window.from + (i + 1) * stepMs && value * 1_000 === at)).toBe(true);
  });

  test.for([
    ['nothing', 'no_such_metric', []],
    ['0/0', 'vector(0) / 0', [Number.NaN]],
    ['1/0', 'vector(1) / 0', [Infinity]],
    ['a scalar', '42', [42]],
  ] as const)('%s is returned unchanged', async ([, query, values]) => {
    const to = floorTo(Date.now(), stepMs);
    const answer = await provider.fetchSeries({ form: 'gauge', query, window: { from: to - stepMs, to, stepMs } }, signal);
    expect(answer.series.flatMap((one) => one.samples.map(([, value]) => value))).toEqual(values);
  });

  test.for([
    ['a syntax error', 'sum('],
    [
      'a many-to-many match',
      'label_replace(vector(1), "a", "$1", "b", "(.*)") * on() (vector(1) or label_replace(vector(2), "x", "y", "", ""))',
    ],
  ] as const)('%s is a bad query, with the message of the server', async ([, query]) => {
    const asked = provider.fetchSeries({ form: 'events', query, window: { from: 0, to: stepMs, stepMs } }, signal);
    await expect(asked).rejects.toMatchObject({
      kind: 'bad_query',
      message: expect.stringMatching(/refused the query: .*(parse error|many)/),
    });
  });
});

describe.skipIf(!hasPrometheus())('a real Prometheus in trouble', () => {
  test('accepts the password, times out while it is paused, and is unavailable when killed', async () => {
    const server = await startPrometheus({ auth: true });
    const provider = providerAt(server.url, { basic: account, timeout: '500ms' });
    await provider.ping(signal);
    await expect(providerAt(server.url).ping(signal)).rejects.toMatchObject({ kind: 'unauthorized' });
    const stranger = providerAt(server.url, { basic: { ...account, password: 'not-the-password' } });
    await expect(stranger.ping(signal)).rejects.toMatchObject({ kind: 'unauthorized' });
    server.pause();
    // A signal reaches the threads of a busy process a moment later: it may still answer once.
    await expect
      .poll(() =>
        provider.ping(signal).then(
          () => 'answered',
          (error: { readonly kind?: string }) => error.kind,
        ),
      )
      .toBe('timeout');
    await expect(provider.ping(AbortSignal.timeout(50))).rejects.toMatchObject({ kind: 'timeout' });
    server.resume();
    await expect.poll(() => provider.ping(signal)).toBeUndefined();
    await server.kill();
    await expect(provider.ping(signal)).rejects.toMatchObject({ kind: 'unavailable' });
    await server.stop();
  });
});

async function startApp(options: AppOptions): Promise<CountingApp> {
  const app = await startCountingApp(options);
  onTestFinished(() => app.close());
  return app;
}

function counterQuery(query: string, window: Window): SeriesQuery {
  return { form: 'counter', query, matchers: '', window, lookbackMs: 60_000 };
}

async function ratio(provider: MetricsProvider, window: Window): Promise<Ticks> {
  const ask = (query: string) => provider.fetchSeries(counterQuery(query, window), signal);
  const [bad, total] = await Promise.all([ask('http_requests_total{job="shop",code=~"5.."}'), ask('http_requests_total{job="shop"}')]);
  return ticksFromAnswers('ratio', { bad, total }, { window, lookbackMs: 60_000 });
}

async function latencyOf(provider: MetricsProvider, window: Window): Promise<Ticks> {
  const buckets = await provider.fetchSeries(counterQuery('http_request_duration_seconds_bucket', window), signal);
  return ticksFromAnswers('latency', { buckets }, { window, lookbackMs: 60_000 });
}

/** The sums over consecutive windows. */
async function ratioIn(provider: MetricsProvider, cuts: readonly number[]): Promise<{ bad: number; total: number }> {
  const sums = { bad: 0, total: 0 };
  for (const [i, to] of cuts.slice(1).entries()) {
    const ticks = await ratio(provider, { from: cuts[i]!, to, stepMs });
    if (ticks.kind !== 'ratio') continue;
    sums.bad += sumOf(ticks.bad);
    sums.total += sumOf(ticks.total);
  }
  return sums;
}

/** Retries until the newest scrapes can be queried: Prometheus answers the app before that. */
async function expectSum(ask: () => Promise<Ticks>, counted: { readonly bad: number; readonly total: number }): Promise<Ticks> {
  let ticks = await ask();
  await expect
    .poll(async () => {
      ticks = await ask();
      return ticks.kind === 'ratio' ? [sumOf(ticks.bad), sumOf(ticks.total)] : null;
    })
    .toEqual([counted.bad, counted.total]);
  return ticks;
}

async function windowUntil(from: number): Promise<Window> {
  return { from, to: ceilTo(Date.now(), stepMs), stepMs };
}

async function untilSeen(provider: MetricsProvider, apps: readonly CountingApp[]): Promise<void> {
  const addresses = apps.map((app) => app.address).sort();
  await expect
    .poll(
      async () => {
        const window = { from: Date.now() - 60_000, to: Date.now(), stepMs };
        const answer = await provider.fetchSeries(counterQuery('http_requests_total{job="shop"}', window), signal);
        return answer.series.map(({ labels }) => labels.instance).filter((instance) => addresses.includes(instance!));
      },
      { timeout: 15_000 },
    )
    .toEqual(expect.arrayContaining(addresses));
}

function sumsOf(ticks: Ticks): readonly number[] {
  if (ticks.kind !== 'latency') return [];
  return ticks.le.map((_, i) => sumOf(ticks.buckets.map((row) => row?.[i] ?? null)));
}

function totalOf(ticks: Ticks): number {
  return ticks.kind === 'rate' ? sumOf(ticks.count) : Number.NaN;
}

function sumOf(column: Column): number {
  return column.reduce<number>((sum, count) => sum + (count ?? 0), 0);
}
