import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasPrometheus, type Prometheus, startPrometheus } from '../support/prometheus.ts';
import { runCli, writeFiles } from './open-story.ts';
import { parcelRules } from './parcel-rules.ts';
import { busy, simulatePast, toOpenMetrics } from './town.ts';

const mistakes = `rules: 1
service: parcel
environment: production
checks:
  label:
    provider: prom
    ratio:
      bad: parcel_http_responses_total{job="parcel",status="500"}
      total: parcel_http_responses_total{job="parcel"}
  metric:
    provider: prom
    rate: parcel_order_total{job="parcel"}
  bound:
    provider: prom
    latency: parcel_http_duration_seconds_bucket{job="parcel"}
    fail_when: { slower_than: 300ms, for_more_than: 10% }
  many:
    provider: prom
    value: parcel_memory_bytes{job="parcel"}
  part:
    provider: prom
    ratio:
      bad: parcel_http_responses_total{job="parcel",status_class="5xx"}
      total: parcel_http_responses_total{job="parcel",status_class="2xx"}
on_failure: notify
`;

describe.runIf(hasPrometheus())('bakewatch check --live', () => {
  let prometheus: Prometheus;
  let folder: string;
  beforeAll(async () => {
    const past = simulatePast({ days: 0.7, size: busy, seed: 8, endAt: Math.floor(Date.now() / 1_000) * 1_000 });
    prometheus = await startPrometheus({ past: toOpenMetrics(past.scrapes) });
    folder = mkdtempSync(join(tmpdir(), 'bakewatch-story-'));
  });
  afterAll(async () => {
    await prometheus.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const check = async (name: string, rules: string) => {
    const own = join(folder, name);
    writeFiles(own, { provider: prometheus.url, team: 'http://127.0.0.1:1', rules });
    return await runCli(own, ['check', '--live', 'bakewatch.yaml']).ended;
  };

  test('finds the mistakes of a new user before the first deploy, each at its place', async () => {
    const { code, err } = await check('wrong', mistakes);
    expect(code).toBe(2);
    const said = (place: string) => err.find((line) => line.includes(`checks.${place}`));
    expect(said('label.ratio.bad')).toMatch(
      /rules\/parcel\.yaml:8:.* error: .*`bad` has matched no series.*no label `status`.*status_class/,
    );
    expect(said('metric.rate')).toMatch(/matches no series.*parcel_orders_total/);
    expect(said('bound.latency')).toMatch(/300ms is no bucket bound: 500ms counts instead/);
    expect(said('many.value')).toMatch(/error: .*2 series.*(?:sum|max)/);
    expect(said('part.ratio.bad')).toMatch(/error: .*`bad` is no part of `total`/);
  });

  test('accepts rules that are right', async () => {
    const { code, err } = await check('right', parcelRules());
    expect([code, err]).toEqual([0, []]);
  });
});
