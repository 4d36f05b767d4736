import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { readEnv } from '../../src/app/env.ts';
import { runLiveCheck } from '../../src/app/run-live-check.ts';
import { hasPrometheus, type Prometheus, startPrometheus } from '../support/prometheus.ts';

describe.skipIf(!hasPrometheus())('a live check of a real Prometheus', () => {
  let server: Prometheus;
  let app: Server;
  const folder = mkdtempSync(join(tmpdir(), 'bakewatch-live-real-'));
  beforeAll(async () => {
    [server, app] = await Promise.all([startPrometheus(), startApp()]);
    // A server that listens on TCP has an AddressInfo, never a pipe's name.
    server.setTargets([{ address: `127.0.0.1:${(app.address() as AddressInfo).port}` }]);
    writeFileSync(join(folder, 'bakewatch.yaml'), `config: 1\nproviders:\n  prom: { type: prometheus, url: "${server.url}" }\n`);
    const seen = async () =>
      expect((await check('a: { provider: prom, value: "max(count_over_time(shop_queue_length[1m])) > 2" }')).findings).toEqual([]);
    await vi.waitFor(seen, { timeout: 60_000, interval: 300 });
  }, 90_000);
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    app.closeAllConnections();
    await new Promise((resolve) => app.close(resolve));
    await server.stop();
  });

  const world = {
    env: readEnv({ PATH: process.env.PATH }),
    readFile: (path: string) => readFileSync(path, 'utf8'),
    listFiles: (path: string) => readdirSync(path),
    now: () => Date.now(),
  };
  async function check(checks: string, more = '') {
    const file = join(folder, 'shop.yaml');
    writeFileSync(file, `rules: 1\nservice: shop\nenvironment: production\n${more}checks:\n  ${checks}\n`);
    const { lines, findings, failures } = await runLiveCheck({ files: [file], config: join(folder, 'bakewatch.yaml') }, world);
    expect(failures).toEqual([]);
    return { lines, findings: findings.map(({ line }) => line.replace(/^\S*shop\.yaml:\d+:\d+ /, '')) };
  }
  const ratio = (bad: string, total: string) => `c: { provider: prom, ratio: { bad: '${bad}', total: '${total}' } }`;
  const latency = (metric: string, slower: string) =>
    `c: { provider: prom, latency: '${metric}', fail_when: { slower_than: ${slower}, for_more_than: 5% } }`;

  test.for<readonly [string, string, readonly RegExp[]]>([
    ['nothing where all is right', ratio('shop_requests_total{code="500"}', 'shop_requests_total'), []],
    [
      'a misspelt metric',
      ratio('shop_requests_total{code="500"}', 'sohp_requests_total'),
      [/^checks\.c\.ratio\.total: error: .*there is no metric `sohp_requests_total`; did you mean `shop_requests_total`\?/],
    ],
    [
      'a label that does not exist',
      ratio('shop_requests_total{status="500"}', 'shop_requests_total'),
      [/^checks\.c\.ratio\.bad: error: .*there is no label `status`; the labels are code/],
    ],
    [
      'a value that does not exist',
      ratio('shop_requests_total{code="503"}', 'shop_requests_total{code=~"7.."}'),
      [/^checks\.c\.ratio\.bad: error/, /^checks\.c\.ratio\.total: error: .*code is 200 or 500 there/],
    ],
    [
      'a gauge that is counted',
      'c: { provider: prom, rate: shop_queue_length }',
      [/counts the events of shop_queue_length, but the server says that it is a gauge/],
    ],
    [
      'a counter as a value',
      'c: { provider: prom, value: sum(shop_requests_total) }',
      [/^checks\.c\.value: warning: `value` takes the counter shop_requests_total as it is/],
    ],
    [
      'the increase of a gauge',
      'c: { provider: prom, value: "sum(rate(shop_queue_length[1m]))" }',
      [/takes the increase of shop_queue_length/],
    ],
    [
      'a bound that is no bucket',
      latency('shop_seconds_bucket', '300ms'),
      [/300ms is no bucket bound: 500ms counts instead; the bounds are 100ms and 500ms/],
    ],
    ['the name of a classic histogram', latency('shop_seconds', '300ms'), [/there is no metric `shop_seconds`/]],
    [
      'types that do not fit: only a server can tell',
      'c: { provider: prom, value: rate(shop_requests_total) }',
      [/^checks\.c\.value: error: the server refuses `value`: .*expected type range vector/],
    ],
  ])('finds %s', async ([, checks, findings]) => {
    const found = await check(checks);
    expect(found.findings.filter((line) => !line.includes('by the last hour'))).toEqual(
      findings.map((line) => expect.stringMatching(line)),
    );
    expect(found.lines.some((line) => line.includes('not looked at'))).toBe(false);
  });

  test('finds a canary label that does not exist, once for all checks', async () => {
    const control = `control: { canary: 'release="$version"', stable: 'code="200"' }\n`;
    const two = `${ratio('shop_requests_total{code="500"}', 'shop_requests_total')}\n  d: { provider: prom, value: 'max(shop_queue_length{$matchers})' }`;
    const { findings } = await check(two, control);
    expect(findings.filter((line) => line.startsWith('control'))).toEqual([
      expect.stringMatching(/^control\.canary: error: no series of `total` has release="\$version"; there is no label `release`/),
      expect.stringMatching(/^control\.stable: warning: no series of `value` has code="200"/),
    ]);
  });
});

/** An app whose counter grows at each scrape, and whose gauge goes up and down. */
function startApp(): Promise<Server> {
  let scrapes = 0;
  const server = createServer((_, response) => {
    scrapes += 1;
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(
      [
        '# TYPE shop_requests_total counter',
        `shop_requests_total{code="200"} ${scrapes * 500}`,
        `shop_requests_total{code="500"} ${scrapes}`,
        '# TYPE shop_queue_length gauge',
        `shop_queue_length ${scrapes % 7}`,
        '# TYPE shop_seconds histogram',
        ...['0.1', '0.5', '+Inf'].map((le) => `shop_seconds_bucket{le="${le}"} ${scrapes * 500}`),
        `shop_seconds_sum ${scrapes}`,
        `shop_seconds_count ${scrapes * 500}`,
        '',
      ].join('\n'),
    );
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}
