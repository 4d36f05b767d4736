import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alertmanager } from '../../providers/alertmanager.ts';
import { prometheus } from '../../providers/prometheus.ts';
import { floorTo } from '../../src/core/base/window.ts';
import type { AlertAnswer } from '../../src/core/series/alerts.ts';
import { createHttp } from '../../src/net/http.ts';
import { createRunProcess } from '../../src/net/process.ts';
import type { MetricsProvider } from '../../src/ports/provider.ts';
import { type Alertmanager, hasAlertmanager, startAlertmanager } from '../support/alertmanager.ts';
import { hasPrometheus, type Prometheus, startPrometheus } from '../support/prometheus.ts';

const http = createHttp();
afterAll(() => http.close());
const deps = { http, run: createRunProcess({}) };
const never = new AbortController().signal;
const stepMs = 1_000;
const limits = { timeout: 60_000, interval: 250 };

/** One alert fires at once, one stays pending, one is never active, and one cannot be evaluated. */
const rules = [
  {
    alert: 'Fires',
    expr: 'vector(7) > 5',
    labels: { service: 'shop', severity: 'page' },
    annotations: { summary: '{{ $value }} % of requests fail' },
  },
  { alert: 'Pends', expr: 'vector(1)', for: '1h', labels: { service: 'shop' } },
  { alert: 'Sleeps', expr: 'vector(1) > 2', labels: { service: 'shop' } },
  {
    alert: 'Breaks',
    expr: 'label_replace(vector(1), "a", "b", "", "") + on (a) group_left () (vector(1) or label_replace(vector(1), "x", "y", "", ""))',
  },
];

async function ask(provider: MetricsProvider, match: Readonly<Record<string, string>>): Promise<AlertAnswer> {
  const to = floorTo(Date.now(), stepMs);
  const query = { form: 'alert', query: '', match, lookbackMs: 5_000, window: { from: to - 3_000, to, stepMs } } as const;
  const answer = await provider.fetchSeries(query, never);
  if (answer.shape !== 'alerts') throw new Error('no alerts');
  return answer;
}

describe.skipIf(!hasPrometheus() || !hasAlertmanager())('alerts of a real Prometheus and a real Alertmanager', () => {
  let manager: Alertmanager;
  let server: Prometheus;
  let prom: MetricsProvider;
  let am: MetricsProvider;
  let startedAt = 0;
  beforeAll(async () => {
    manager = await startAlertmanager('http://127.0.0.1:9/');
    startedAt = Date.now();
    server = await startPrometheus({ rules, alertmanager: manager.url });
    prom = prometheus.bind({ url: server.url })(deps);
    am = alertmanager.bind({ url: manager.url })(deps);
  });
  afterAll(async () => {
    await server?.stop();
    await manager?.stop();
  });

  test('Prometheus says what fires, since when, and why', async () => {
    const match = { alertname: 'Fires', service: 'shop' };
    await expect
      .poll(async () => (await ask(prom, match)).alerts, limits)
      .toMatchObject([{ name: 'Fires', summary: '7 % of requests fail', labels: { severity: 'page' }, endedAt: null, muted: null }]);
    const { alerts, unknown } = await ask(prom, match);
    expect(unknown).toBeNull();
    expect(alerts[0]!.activeAt).toBeGreaterThan(startedAt - 1_000);
    expect(alerts[0]!.activeAt).toBeLessThanOrEqual(Date.now());
    expect(alerts[0]!.firingAt).not.toBeNull();
  });

  test('Prometheus says what is pending', async () => {
    await expect
      .poll(async () => (await ask(prom, { alertname: 'Pends' })).alerts, limits)
      .toMatchObject([{ name: 'Pends', firingAt: null, endedAt: null }]);
  });

  test('Prometheus tells an inactive rule, a rule that fails, and a missing one apart', async () => {
    await expect.poll(() => ask(prom, { alertname: 'Sleeps' }), limits).toMatchObject({ alerts: [], unknown: null });
    await expect
      .poll(async () => (await ask(prom, { alertname: 'Breaks' })).unknown, limits)
      .toMatch(/^the rule Breaks cannot be evaluated: /);
    expect((await ask(prom, { alertname: 'Nobody' })).unknown).toBe('no alerting rule makes alerts with alertname="Nobody"');
    expect((await ask(prom, { alertname: 'Fires', service: 'cart' })).unknown).toContain('no alerting rule makes');
  });

  test('Alertmanager lists what fires, and says that it is silenced', async () => {
    const match = { alertname: 'Fires', service: 'shop' };
    await expect
      .poll(async () => (await ask(am, match)).alerts, limits)
      .toMatchObject([{ name: 'Fires', muted: null, summary: '7 % of requests fail' }]);
    expect((await ask(am, { alertname: 'Pends' })).alerts).toEqual([]);
    expect((await ask(am, { ...match, service: 'cart' })).alerts).toEqual([]);
    await am.ping(never);
    await silence(manager.url, 'Fires');
    await expect.poll(async () => (await ask(am, match)).alerts, limits).toMatchObject([{ muted: 'silenced' }]);
  });

  test('a label with quotes and backslashes reaches both as it is', async () => {
    const match = { alertname: 'a "quoted\\" name', service: 'läden' };
    expect((await ask(am, match)).alerts).toEqual([]);
    expect((await ask(prom, match)).unknown).toContain('no alerting rule makes');
  });
});

async function silence(url: string, alertname: string): Promise<void> {
  const body = {
    matchers: [{ name: 'alertname', value: alertname, isRegex: false }],
    startsAt: new Date().toISOString(),
    endsAt: new Date(Date.now() + 3_600_000).toISOString(),
    createdBy: 'test',
    comment: 'test',
  };
  const response = await fetch(`${url}/api/v2/silences`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(200);
}
