import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readEnv } from '../../src/app/env.ts';
import { plugins } from '../../src/app/plugins.ts';
import { runBacktest } from '../../src/app/run-backtest.ts';
import { runProposals } from '../../src/app/run-proposals.ts';
import { type ProgramDeps, runProgram } from '../../src/cli/program.ts';
import { checkFiles } from '../../src/rules/check-files.ts';
import { exporterPast } from '../support/exporters.ts';
import { hasPrometheus, type Prometheus, startPrometheus } from '../support/prometheus.ts';
import { shopPast } from '../support/shop-past.ts';

const world = {
  env: readEnv({ PATH: process.env.PATH }),
  readFile: (path: string) => readFileSync(path, 'utf8'),
  listFiles: (path: string) => readdirSync(path),
};

async function bakewatch(...argv: readonly string[]) {
  const printed = { out: '', err: '' };
  const into = (name: 'out' | 'err') =>
    new Writable({
      write(chunk, _encoding, done) {
        printed[name] += String(chunk);
        done();
      },
    });
  const deps: Partial<ProgramDeps> = {
    io: { out: into('out'), err: into('err'), isTerminal: false, now: () => Date.now(), sleep: async () => {} },
    checkFiles: (named) => checkFiles(named, { ...world, env: world.env.all, plugins }),
    runBacktest: (options, progress) => runBacktest(options, { ...world, now: () => Date.now(), progress }),
    runProposals: (options) => runProposals(options, { ...world, now: () => Date.now() }),
    version: '0',
    serverUrl: 'http://127.0.0.1:8700',
    token: null,
  };
  const code = await runProgram(argv, deps as ProgramDeps);
  return { code, ...printed };
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bakewatch-init-'));
});
afterEach(() => rmSync(folder, { recursive: true }));
const rulesOf = (name: string) => readFileSync(join(folder, 'rules', name), 'utf8');

describe.skipIf(!hasPrometheus())('init --from a Prometheus with the metrics of many exporters', () => {
  let prometheus: Prometheus;
  beforeAll(async () => {
    prometheus = await startPrometheus({ past: [...exporterPast(Date.now() - 5_000), '# EOF\n'] });
  });
  afterAll(async () => await prometheus.stop());

  test('writes rules for each service, and none for infrastructure', async () => {
    const { code, out, err } = await bakewatch('init', '--folder', folder, '--from', prometheus.url, '--no-backtest');
    expect(code).toBe(0);
    expect(readdirSync(join(folder, 'rules')).toSorted()).toEqual(
      [
        'blog.yaml',
        'django-site.yaml',
        'edge.yaml',
        'express-api-production.yaml',
        'express-api-staging.yaml',
        'front.yaml',
        'grpc-stock.yaml',
        'legacy.yaml',
        'linked.yaml',
        'mesh-cart.yaml',
        'plain-nginx.yaml',
        'spring-pay.yaml',
        'web-otel-shop.yaml',
      ].toSorted(),
    );
    // One of its series names no job.
    expect(err).toContain('left out: http_requests_total: no label on all of its series says which service they belong to');
    expect(out).toContain('errors (http_server_request_duration_seconds_count), requests');
    expect(rulesOf('mesh-cart.yaml')).toContain(
      `bad: 'istio_requests_total{destination_service_name="mesh-cart",reporter="destination",response_code=~"5.."}'`,
    );
    expect(rulesOf('grpc-stock.yaml')).toContain('grpc_errors:');
    expect(rulesOf('spring-pay.yaml')).toContain('application="spring-pay"');
    expect(rulesOf('express-api-staging.yaml')).toContain('environment: staging');
    const files = readdirSync(join(folder, 'rules')).map((name) => join(folder, 'rules', name));
    const checked = await bakewatch('check', join(folder, 'bakewatch.yaml'), ...files);
    expect(checked.err).toBe('');
    expect(checked.code).toBe(0);
  });

  test('keeps what exists, and takes only the services that are named', async () => {
    await bakewatch('init', '--folder', folder, '--from', prometheus.url, '--service', 'blog', '--no-backtest');
    const again = await bakewatch('init', '--folder', folder, '--from', 'prom', '--service', 'blog', 'edge', '--no-backtest');
    expect(again.out).toContain(`kept ${join(folder, 'rules', 'blog.yaml')}, which exists`);
    expect(again.out).toContain(`wrote ${join(folder, 'rules', 'edge.yaml')}`);
    const wrong = await bakewatch('init', '--folder', folder, '--from', 'prom', '--service', 'blgo');
    expect(wrong.err).toMatch(/prom has no requests of a service blgo; it has blog, django-site/);
    const twice = await bakewatch('init', '--folder', folder, '--from', prometheus.url);
    expect(twice.err).toContain('bakewatch.yaml already exists; nothing was overwritten; name one of its providers with --from');
    const unknown = await bakewatch('init', '--folder', folder, '--from', 'mimir');
    expect(unknown.err).toMatch(/defines no provider mimir; it has .*prom/);
  });
});

describe.skipIf(!hasPrometheus())('init --from a Prometheus with the past of a shop', () => {
  let prometheus: Prometheus;
  beforeAll(async () => {
    const past = shopPast({ endAt: Date.now() - 20_000, forMs: 2 * 86_400_000, everyMs: 15_000, perSecond: 20 });
    prometheus = await startPrometheus({ past });
  }, 60_000);
  afterAll(async () => await prometheus.stop());

  test('says what its rules would have done on the last day', async () => {
    const { code, out, err } = await bakewatch('init', '--folder', folder, '--from', prometheus.url, '--since', '1d');
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(out).toMatch(/wrote .*shop\.yaml: errors \(http_requests_total\), requests \(http_requests_total\), latency/);
    expect(out).toMatch(/shop in production: of \d+ moments without a deploy, \d+ would have failed \(at most [\d.]+ ?%\)/);
    expect(out).toMatch(/errors: finds in 9 of 10 bakes: .*[×x]/);
    expect(out).toMatch(/latency: finds in 9 of 10 bakes: /);
  });

  test('a server without any metric of requests is said in a sentence, and nothing is written', async () => {
    const empty = await startPrometheus();
    try {
      const { code, err } = await bakewatch('init', '--folder', folder, '--from', empty.url);
      expect(err).toContain('prom has no metric of requests that is known, such as http_requests_total');
      expect(code).toBe(1);
      expect(readdirSync(folder)).toEqual(['bakewatch.yaml']);
    } finally {
      await empty.stop();
    }
  });
});
