import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApp } from '../../src/app/app.ts';
import { listen } from '../../src/app/listen.ts';
import { plugins } from '../../src/app/plugins.ts';
import { loadConfig } from '../../src/rules/load-config.ts';
import { administer, anEmptyDatabase, silentLog } from '../support/database.ts';

const rules = `rules: 1
service: shop
environment: production
bake: { for: 10m, every: 15s }
checks: { home: { probe: { http: 'http://127.0.0.1:1/' } } }
on_failure: notify
`;

let databaseUrl: string;
beforeAll(async () => {
  databaseUrl = await anEmptyDatabase();
});

const started: { stop(): Promise<void> }[] = [];
afterAll(async () => {
  for (const app of started) await app.stop();
});

/** Starts a whole server on an external database. `port` 0 takes a free one. */
async function start(port: number, lines: string[] = []) {
  const files = new Map([
    ['bakewatch.yaml', `config: 1\nserver: { listen: '127.0.0.1:${port}' }\nrules: [shop.yaml]\nhooks: {}\nproviders: {}\n`],
    ['shop.yaml', rules],
  ]);
  const { config, ruleSets } = loadConfig({
    file: 'bakewatch.yaml',
    env: {},
    readFile: (path) => files.get(path) ?? '',
    listFiles: () => [],
    plugins,
  });
  const log = { ...silentLog, info: (_: object, message: string) => lines.push(message) };
  const app = await startApp({ config, ruleSets, databaseUrl, log, environment: {} });
  started.push(app);
  return app;
}

async function connections(): Promise<unknown> {
  const [row] = await administer(
    databaseUrl,
    `select count(*)::int as count from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
  );
  return row?.count;
}

test('a server that has started is ready, and its links carry the address that it listens on', async () => {
  const { url } = await start(0);
  expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  const deploy = await register(url);
  expect(deploy.url).toBe(`${url}/deploys/${deploy.id}`);
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(metrics).toContain('bakewatch_database_up 1');
  expect(metrics).toContain('bakewatch_clock_skew_seconds{of="process"}');
});

test('a caller that waits for a bake is answered when the server stops', async () => {
  const app = await start(0);
  const { id } = await register(app.url);
  const waiting = fetch(`${app.url}/v1/deploys/${id}/wait?timeout=60s`);
  // Connections are accepted in order: once this one is answered, the other is being served.
  expect((await fetch(`${app.url}/v1/deploys/${id}`)).status).toBe(200);
  await app.stop();
  expect((await waiting).status).toBe(200);
  await expect(fetch(`${app.url}/health/live`)).rejects.toThrow();
});

test('stopping twice is as good as once', async () => {
  const app = await start(0);
  await app.stop();
  await app.stop();
});

test('a start that fails closes what it has opened, and says why', async () => {
  for (const app of started.splice(0)) await app.stop();
  const taken = await listen({ host: '127.0.0.1', port: 0 });
  started.push({ stop: taken.close });
  const lines: string[] = [];
  await expect(start(Number(new URL(taken.url).port), lines)).rejects.toThrow('cannot listen on');
  expect(lines).toContain('start failed');
  expect(await connections()).toBe(0);
});

async function register(url: string): Promise<{ id: string; url: string }> {
  const body = JSON.stringify({ service: 'shop', environment: 'production', version: `v${performance.now()}` });
  const response = await fetch(`${url}/v1/deploys`, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
  return (await response.json()) as { id: string; url: string };
}
