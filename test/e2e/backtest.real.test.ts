import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BacktestReport } from '../../src/core/backtest/report.ts';
import { hasPrometheus, type Prometheus, startPrometheus } from '../support/prometheus.ts';
import { shopPast } from '../support/shop-past.ts';

const entry = join(import.meta.dirname, '../../src/main.ts');
const hourMs = 3_600_000;

const rules = (limit: string, more = '') => `rules: 1
service: shop
environment: production
bake: { for: 15m, every: 30s, warmup: 30s }
baseline: { history: 1d }
checks:
  errors:
    provider: prom
    ratio: { bad: 'http_requests_total{job="shop",code=~"5.."}', total: 'http_requests_total{job="shop"}' }
    fail_when: { above: ${limit} }
    min_samples: 100
${more}`;

const others = `  latency:
    provider: prom
    latency: http_request_duration_seconds_bucket{job="shop"}
    fail_when: { slower_than: 500ms, for_more_than: 10%, for: 2 of 3 }
  orders:
    provider: prom
    rate: orders_total{job="shop"}
    fail_when: { relative: { to: 1d, less_than: 80% }, for: 4 of 4 }
  queue:
    provider: prom
    value: sum(queue_length{job="shop"})
    fail_when: { above: 60 }
`;

describe.runIf(hasPrometheus())('bakewatch backtest, on four days of a real Prometheus', () => {
  let prometheus: Prometheus;
  let folder: string;
  const endAt = Math.floor(Date.now() / 30_000) * 30_000;
  const incident = { from: endAt - 20 * hourMs, to: endAt - 18 * hourMs };
  beforeAll(async () => {
    const errorShare = (at: number) => (at > incident.from && at <= incident.to ? 0.3 : 0.004);
    prometheus = await startPrometheus({ past: shopPast({ endAt, forMs: 96 * hourMs, everyMs: 30_000, perSecond: 20, errorShare }) });
    folder = mkdtempSync(join(tmpdir(), 'bakewatch-backtest-'));
    mkdirSync(join(folder, 'rules'));
    const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
    write('bakewatch.yaml', `config: 1\nproviders: { prom: { type: prometheus, url: "${prometheus.url}" } }\nrules: [rules/*.yaml]\n`);
    write('gone.yaml', 'config: 1\nproviders: { prom: { type: prometheus, url: "http://127.0.0.1:1" } }\nrules: [rules/*.yaml]\n');
    write('rules/shop.yaml', rules('5%', others));
    write('tight.yaml', rules('0.8%'));
    write('wrong.yaml', rules('5 apples', '    drections: up\n'));
    write('blind.yaml', rules('5%', others).replaceAll('queue_length', 'queue_lenght'));
    write('refused.yaml', rules('5%', others).replace('sum(queue_length', 'rate(queue_length'));
  });
  afterAll(async () => {
    await prometheus.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const bakewatch = async (...args: readonly string[]) => {
    const child = spawn(process.execPath, [entry, 'backtest', ...args], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH ?? '' },
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString();
    });
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { code, out, err };
  };
  const report = async (...args: readonly string[]) => {
    const { code, out, err } = await bakewatch('--since', '4d', '--deploys', '100', '--json', ...args);
    expect(err).not.toMatch(/bakewatch:/);
    expect(code).toBe(0);
    return JSON.parse(out) as BacktestReport;
  };
  const spared = `${new Date(incident.from).toISOString()}/${new Date(incident.to).toISOString()}`;

  test('an incident of the past is found, and names itself', async () => {
    const { checks, deploys } = await report('--rules', 'rules/shop.yaml');
    const errors = checks.find(({ name }) => name === 'errors');
    expect(deploys.count).toBe(100);
    expect(errors?.falseAlarms.count).toBeGreaterThan(1);
    for (const { at, reason } of errors?.alarms ?? []) {
      expect(at).toBeGreaterThan(incident.from - 0.3 * hourMs);
      expect(at).toBeLessThan(incident.to);
      expect(reason).toMatch(/allowed 5 %; the limit is 5 %, exceeded/);
    }
  });

  test('without that incident the rules may be kept, and find what they are there for', async () => {
    const { checks, whole, deploys } = await report('--rules', 'rules/shop.yaml', '--except', spared);
    expect(deploys.leftOut).toBeGreaterThan(1);
    // The past ends now, so that each run cuts other pseudo deploys from it: a few false alarms of them all do not say more than the budget allows.
    expect(whole.advice).not.toBe('cries_wolf');
    expect(checks.map(({ name, kind }) => [name, kind])).toEqual([
      ['errors', 'ratio'],
      ['latency', 'latency'],
      ['orders', 'rate'],
      ['queue', 'value'],
    ]);
    for (const { missing, sensitivity, advice } of checks) {
      expect(advice).not.toBe('cries_wolf');
      expect(missing).toBeLessThan(0.01);
      expect(sensitivity.length).toBeGreaterThan(0);
    }
    const errors = checks[0]?.sensitivity[0];
    expect(errors?.tried.at(-1)).toMatchObject({ effect: 'all (100 %)', found: 60, of: 60, medianDelayMs: 60_000 });
    // Half as many errors again are within the limit; the noise of a few of these bakes goes beyond it.
    expect(errors?.tried[0]?.found).toBeLessThan(6);
  });

  test('a limit too tight for the noise cries wolf, and a better one is told', async () => {
    const { checks, whole } = await report('--rules', 'tight.yaml', '--except', spared);
    expect(whole.advice).toBe('cries_wolf');
    const [suggestion] = checks[0]?.suggestions ?? [];
    expect(suggestion).toMatchObject({ param: 'above', now: 0.008, alarms: expect.any(Number) });
    expect(suggestion?.to).toBeGreaterThan(0.008);
    expect(suggestion?.to).toBeLessThan(0.05);
  });

  test('people get a table', async () => {
    const { code, out, err } = await bakewatch('--rules', 'tight.yaml', '--since', '4d', '--except', spared);
    expect(code).toBe(0);
    expect(err).toMatch(/^errors: read 4d in ticks of 30s from prom in /);
    expect(out).toMatch(/^CHECK +FALSE ALARMS +COULD NOT TELL/m);
    expect(out).toMatch(/^errors: TOO MANY FALSE ALARMS/m);
    expect(out).toMatch(/try `above: [\d.]+%` instead of 0.8% \(fail_when\[0\]\)/);
  });

  test.for([
    {
      name: 'mistakes in the rules are told with their places',
      args: ['--rules', 'wrong.yaml'],
      code: 78,
      told: /wrong\.yaml:10:.*\n.*wrong\.yaml:12:/,
    },
    {
      name: 'a config that is not there',
      args: ['--rules', 'tight.yaml', '-c', 'nowhere.yaml'],
      code: 78,
      told: /nowhere\.yaml.*it does not exist/,
    },
    {
      name: 'a provider that is down',
      args: ['--rules', 'tight.yaml', '-c', 'gone.yaml'],
      code: 1,
      told: /nothing was judged: check errors: prom could not be asked/,
    },
    {
      name: 'a query that is refused',
      args: ['--rules', 'refused.yaml'],
      code: 1,
      told: /check queue: prom could not be asked \(bad_query\)/,
    },
    { name: 'stretches that are none', args: ['--rules', 'tight.yaml', '--except', 'yesterday/today'], code: 2, told: /two instants/ },
  ])('no half answer: $name', async ({ args, code, told }) => {
    const result = await bakewatch('--since', '4d', ...args);
    expect(result.err).toMatch(told);
    expect([result.code, result.out]).toEqual([code, '']);
  });

  test('a check of which nothing is known is not taken for a quiet one', async () => {
    const { code, out, err } = await bakewatch('--rules', 'blind.yaml', '--since', '4d', '--except', spared);
    expect(code).toBe(1);
    expect(out).toMatch(/^queue: NO DATA$/m);
    expect(out).toMatch(/nothing is known about queue/);
    expect(err).toMatch(/no data for queue/);
  });
});
