import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { prometheus } from '../../providers/prometheus.ts';
import { floorTo } from '../../src/core/base/window.ts';
import { ticksFromAnswers } from '../../src/core/series/ticks-from-answers.ts';
import { createHttp } from '../../src/net/http.ts';
import { createRunProcess } from '../../src/net/process.ts';
import type { MetricsProvider, Sample } from '../../src/ports/provider.ts';
import { type CountingApp, startCountingApp } from '../support/counting-app.ts';
import { hasVictoriaMetrics, startVictoriaMetrics, type VictoriaMetrics } from '../support/victoria-metrics.ts';

const stepMs = 1_000;
/** What VictoriaMetrics hides from range queries by default. */
const hiddenMs = 30_000;
const signal = new AbortController().signal;
const http = createHttp();
afterAll(() => http.close());
const providerAt = (url: string, options: object) => prometheus.bind({ url, ...options })({ http, run: createRunProcess(process.env) });

describe.skipIf(!hasVictoriaMetrics())('a real VictoriaMetrics behind vmauth', () => {
  let server: VictoriaMetrics;
  let app: CountingApp;
  let provider: MetricsProvider;
  beforeAll(async () => {
    [server, app] = [await startVictoriaMetrics(), await startCountingApp({ startedAt: Date.now() - 3_600_000, before: 900 })];
    server.setTargets([{ address: app.address }]);
    provider = providerAt(server.url, { bearer: 'first-token' });
    await app.scraped();
  });
  afterAll(async () => {
    await app.close();
    await server.stop();
  });

  const windowUntil = (to: number, ms: number) => ({ from: floorTo(to - ms, stepMs), to: floorTo(to, stepMs), stepMs });
  const gauge = async (query: string, to: number): Promise<readonly Sample[]> => {
    const answer = await provider.fetchSeries({ form: 'gauge', query, window: windowUntil(to, 5_000) }, signal);
    return answer.series.flatMap(({ samples }) => samples);
  };

  test('is recognized, and shows how much it hides', async () => {
    expect(provider.lagMs?.()).toBeNull();
    await provider.ping(signal);
    expect(provider.lagMs?.()).toBeGreaterThanOrEqual(hiddenMs - stepMs);
    expect(provider.lagMs?.()).toBeLessThanOrEqual(hiddenMs + 5_000);
    expect(await provider.describe?.(signal)).toBe('VictoriaMetrics');
  });

  test('has no value or an old one in the time that it hides, and the right one before it', async () => {
    await provider.ping(signal);
    const now = Date.now();
    const hidden = await gauge('time()', now - 5_000);
    expect(hidden.filter(([at, value]) => value * 1_000 === at)).toEqual([]);
    const shown = await gauge('time()', now - (provider.lagMs?.() ?? 0) - 5_000);
    expect(shown).toHaveLength(5);
    expect(shown.every(([at, value]) => value * 1_000 === at)).toBe(true);
  });

  test('counts what the app counted, over a restart', async () => {
    const from = floorTo(Date.now(), stepMs);
    app.serve(200);
    app.serve(3, '500');
    await app.scraped();
    app.restart();
    app.serve(1_500);
    await app.scraped();
    const sums = async () => {
      const window = { from, to: floorTo(Date.now(), stepMs) + stepMs, stepMs };
      const ask = (query: string) => provider.fetchSeries({ form: 'counter', query, matchers: '', lookbackMs: 60_000, window }, signal);
      const [bad, total] = await Promise.all([ask('http_requests_total{code=~"5.."}'), ask('http_requests_total')]);
      const ticks = ticksFromAnswers('ratio', { bad, total }, { window, lookbackMs: 60_000 });
      const sum = (column: readonly (number | null)[]) => column.reduce<number>((all, count) => all + (count ?? 0), 0);
      return ticks.kind === 'ratio' ? [sum(ticks.bad), sum(ticks.total)] : null;
    };
    // The newest scrapes can be read about two seconds later.
    await expect.poll(sums, { timeout: 30_000 }).toEqual([3, 1_703]);
  });

  test('a bad query is refused in words', async () => {
    await expect(gauge('sum(', Date.now())).rejects.toMatchObject({
      kind: 'bad_query',
      message: expect.stringContaining('refused the query: '),
    });
  });

  test('no token and a wrong one are refused in words', async () => {
    for (const options of [{}, { bearer: 'not-the-token' }, { basic: { user: 'me', password: 'first-token' } }])
      await expect(providerAt(server.url, options).ping(signal)).rejects.toMatchObject({
        kind: 'unauthorized',
        message: expect.stringMatching(/^127\.0\.0\.1:\d+ (denied access|answered 401).*credentials/),
      });
  });

  test('a token that is rotated under way costs no answer', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bakewatch-token-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'token');
    writeFileSync(file, 'first-token');
    const rotating = providerAt(server.url, { token_command: ['cat', file] });
    await rotating.ping(signal);
    await server.setToken('second-token');
    await expect(provider.ping(signal)).rejects.toMatchObject({ kind: 'unauthorized' });
    writeFileSync(file, 'second-token');
    await rotating.ping(signal);
    await server.setToken('first-token');
  });
});
