import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasPrometheus } from '../support/prometheus.ts';
import { call, poll } from '../support/server.ts';
import { openShop, type Shop } from './shop.ts';

const entry = join(import.meta.dirname, '../../src/main.ts');

describe.runIf(hasPrometheus())('the whole way, on a real Prometheus', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop();
    writeFileSync(join(shop.server.folder, 'running'), 'v1');
  });
  afterAll(() => shop?.close());

  test('a good release passes, a bad one is rolled back to it, and the recording gives the same verdict', async () => {
    const good = await shop.deploy('v1');
    expect((await shop.until(good, 'passed')).summary).toMatch(/Errors: none of [\d,]+ requests failed/);

    writeFileSync(join(shop.server.folder, 'running'), 'v2');
    shop.failing(0.3);
    const bad = await shop.deploy('v2');
    await shop.until(bad, 'verifying');
    expect(shop.rollbacks()).toEqual(['v1']);
    shop.failing(0);
    const ended = await shop.until(bad, 'rolled_back');
    expect(ended.summary).toContain('rolled back to v1 because of Errors: ');

    expect(await replay(shop, good)).toMatchObject({ id: good, verdict: 'pass' });
    expect(await replay(shop, bad)).toMatchObject({ id: bad, verdict: 'fail' });
    await poll('the team was told everything', () => shop.topics(bad).includes('recovered') && shop.topics(good).includes('passed'));
    expect(shop.topics(good)).toEqual(['started', 'passed']);
    expect(shop.topics(bad)).toEqual(['started', 'unhealthy', 'rolled_back', 'recovered']);
  });

  test('the exit code of `wait` says how it ended, and the page tells the story', async () => {
    const { body } = await call<{ deploys: { id: string }[] }>(shop.server, 'GET', '/v1/deploys?limit=1');
    const id = body.deploys[0]?.id ?? '';
    expect((await cli(shop, 'wait', id)).status).toBe(3);
    const page = await (await fetch(`${shop.server.url}/deploys/${id}`)).text();
    expect(page).toContain('Rolled back, recovered');
    expect([...page.matchAll(/<script[^>]*>/g)].map(([tag]) => tag)).toEqual([
      expect.stringMatching(/^<script src="\/assets\/htmx\.js/),
      expect.stringMatching(/^<script src="\/assets\/sse\.js/),
      expect.stringMatching(/^<script src="\/assets\/app\.js/),
    ]);
    const report = await cli(shop, 'report', id);
    expect(report.status).toBe(0);
    expect(report.stdout).toMatch(/^# shop v2 \(production\): rolled back and recovered\n/);
    expect(report.stdout).toMatch(/^\| To detect \| \d+s \| from the first bad reading/m);
    const file = join(shop.server.folder, 'report.html');
    expect((await cli(shop, 'report', id, '-f', 'html', '-o', file)).status).toBe(0);
    expect(readFileSync(file, 'utf8')).toContain('<svg xmlns="http://www.w3.org/2000/svg"');
    expect((await cli(shop, 'report', id, '--format', 'pdf')).status).toBe(2);
  });

  test('a newer deploy supersedes the older bake', async () => {
    const first = await shop.deploy('v3');
    await shop.deploy('v4');
    expect((await shop.show(first)).state).toBe('superseded');
    expect((await cli(shop, 'wait', first)).status).toBe(6);
  });
});

describe.runIf(hasPrometheus())('killed in mid-bake', () => {
  test('the bake goes on after a restart, nothing is missed, and no database is left behind', async () => {
    const shop = await openShop({ forSeconds: 12 });
    try {
      const id = await shop.deploy('v1');
      await shop.until(id, 'baking');
      await poll('a tick was judged', async () => (await shop.show(id)).checks[0]?.outcome === 'pass');
      await shop.server.kill();
      await poll('the database is gone', () => spawnSync('pgrep', ['-f', join(shop.server.folder, 'bakewatch-data')]).status !== 0);
      await shop.server.restart();
      await shop.until(id, 'passed');
      const text = await (await fetch(`${shop.server.url}/v1/deploys/${id}/recording`)).text();
      const recording = JSON.parse(text) as { checks: { bake: { total: (number | null)[] } }[] };
      const { total } = recording.checks[0]!.bake;
      expect(total.length).toBeGreaterThanOrEqual(12);
      expect(total.filter((tick) => tick !== null).length).toBeGreaterThanOrEqual(total.length - 2);
    } finally {
      await shop.close();
    }
  });

  test('a second server on the same data is refused in words', async () => {
    const shop = await openShop();
    try {
      const second = await cli(shop, 'serve', '--config', 'bakewatch.yaml');
      expect(second.status).toBe(1);
      expect(second.stderr).toMatch(new RegExp(`in use|pid ${shop.server.pid}`));
      expect((await fetch(`${shop.server.url}/health/ready`)).status).toBe(200);
    } finally {
      await shop.close();
    }
  });
});

/** Runs a command line beside us: a blocked event loop would drop the connections that are kept alive. */
async function cli(shop: Shop, ...args: string[]): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [entry, ...args], {
    env: { ...process.env, BAKEWATCH_URL: shop.server.url },
    cwd: shop.server.folder,
    timeout: 60_000,
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { status, stdout, stderr };
}

async function replay(shop: Shop, id: string): Promise<unknown> {
  const file = join(shop.server.folder, `${id}.jsonl`);
  expect((await cli(shop, 'export', id, '-o', file)).status).toBe(0);
  const { stdout, status } = await cli(shop, 'replay', file);
  expect(status).toBe(0);
  return JSON.parse(stdout);
}
