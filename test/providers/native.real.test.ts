import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { prometheus } from '../../providers/prometheus.ts';
import { ceilTo, floorTo } from '../../src/core/base/window.ts';
import type { Ticks } from '../../src/core/series/ticks.ts';
import { ticksFromAnswers } from '../../src/core/series/ticks-from-answers.ts';
import { createHttp } from '../../src/net/http.ts';
import { createRunProcess } from '../../src/net/process.ts';
import type { MetricsProvider } from '../../src/ports/provider.ts';
import { type NativeApp, startNativeApp } from '../support/native-app.ts';
import { hasPrometheus, type Prometheus, startPrometheus } from '../support/prometheus.ts';

const stepMs = 1_000;
const http = createHttp();
afterAll(() => http.close());
const signal = new AbortController().signal;
const name = 'http_server_request_duration_seconds';

describe.skipIf(!hasPrometheus())('native histograms of a real Prometheus', () => {
  let server: Prometheus;
  let app: NativeApp;
  let provider: MetricsProvider;
  beforeAll(async () => {
    [server, app] = await Promise.all([startPrometheus({ feature: 'native-histograms' }), startNativeApp(name, Date.now() - 3_600_000)]);
    provider = prometheus.bind({ url: server.url, timeout: '5s' })({ http, run: createRunProcess({}) });
    server.setTargets([{ address: app.address }]);
  });
  afterAll(async () => {
    await app.close();
    await server.stop();
  });

  test('are counted exactly over a restart and a change of their resolution, live and in the past', async () => {
    app.observe(1_000, 0.05);
    await app.scraped();
    await expect.poll(() => counted(), { timeout: 30_000, interval: 200 }).toBeGreaterThan(-1);
    const from = floorTo(Date.now(), stepMs);
    await app.scraped();
    app.observe(20, 0.05);
    app.observe(7, 0.32);
    app.observe(3, 0.9);
    await app.scraped();
    await app.scraped();
    app.restart();
    app.coarsen(1);
    app.observe(5, 0.05);
    app.observe(2, 0.9);
    await app.scraped();
    const until = ceilTo(Date.now(), stepMs) + stepMs;
    await app.scraped();
    const window = { from, to: until, stepMs };
    const buckets = () =>
      provider.fetchSeries({ form: 'counter', query: name, matchers: '', window, lookbackMs: 60_000, bounds: [0.25, 0.3] }, signal);
    // The bound of 300 ms lies inside of a bucket: with the coarser resolution, up to 354 ms.
    const exact = { '0.25': 25, [2 ** -1.5]: 32, Infinity: 37 };
    await expect
      .poll(async () => sums(ticksFromAnswers('latency', { buckets: await buckets() }, { window, lookbackMs: 60_000 })), {
        timeout: 30_000,
        interval: 200,
      })
      .toEqual(exact);
    const past = await provider.fetchSeries(
      { form: 'increase', query: name, matchers: '', window, by: ['le'], bounds: [0.25, 0.3] },
      signal,
    );
    const pastSums = sums(ticksFromAnswers('latency', { buckets: past }, { window, lookbackMs: 60_000 }));
    expect(Object.keys(pastSums)).toEqual(Object.keys(exact));
    expect(pastSums.Infinity).toBe(37);
    expect(pastSums['0.25']).toBeCloseTo(25, 6);
    const events = await provider.fetchSeries({ form: 'increase', query: name, matchers: '', window, by: [] }, signal);
    expect(events.series.flatMap(({ samples }) => samples).reduce((sum, [, value]) => sum + value, 0)).toBe(37);
  }, 120_000);

  async function counted(): Promise<number> {
    const window = { from: floorTo(Date.now(), stepMs) - stepMs, to: floorTo(Date.now(), stepMs) + stepMs, stepMs };
    const answer = await provider.fetchSeries({ form: 'counter', query: name, matchers: '', window, lookbackMs: 60_000 }, signal);
    return answer.series.length === 0 ? -1 : 0;
  }
});

function sums(ticks: Ticks): Readonly<Record<string, number>> {
  if (ticks.kind !== 'latency') throw new Error('no latency');
  return Object.fromEntries(ticks.le.map((bound, i) => [String(bound), ticks.buckets.reduce((sum, row) => sum + (row?.[i] ?? 0), 0)]));
}
