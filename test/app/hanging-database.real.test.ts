import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type App, startApp } from '../../src/app/app.ts';
import { plugins } from '../../src/app/plugins.ts';
import { loadConfig } from '../../src/rules/load-config.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/store/embedded-postgres.ts';
import { administer, copyCluster, scratch, silentLog } from '../support/database.ts';

const path = process.env.PATH ?? '';
let directory: string;
let server: EmbeddedPostgres;
let app: App;

beforeEach(async () => {
  directory = mkdtempSync(join(scratch, 'bakewatch-hangs-'));
  await copyCluster(directory);
  server = await startEmbeddedPostgres({ dataDir: directory, log: silentLog, path, settings: { fsync: 'off' } });
  const text = "config: 1\nserver: { listen: '127.0.0.1:0' }\nrules: []\nhooks: {}\nproviders: {}\n";
  const { config, ruleSets } = loadConfig({ file: 'bakewatch.yaml', env: {}, readFile: () => text, listFiles: () => [], plugins });
  app = await startApp({ config, ruleSets, databaseUrl: server.url, log: silentLog, environment: {} });
});
afterEach(async () => {
  await app.stop();
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** Stops PostgreSQL and all its processes, as a machine or a disk that hangs does. Returns how to let them go on. */
async function hang(): Promise<() => void> {
  const rows = await administer(server.url, 'select pid from pg_stat_activity where pid <> pg_backend_pid()');
  const pids = [server.pid(), ...rows.map(({ pid }) => Number(pid))];
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  return () => {
    for (const pid of pids) process.kill(pid, 'SIGCONT');
  };
}

test('while the database hangs, people get an answer with the reason; afterwards all is well', async () => {
  const get = async (route: string) => {
    const answer = await fetch(`${app.url}${route}`);
    return { status: answer.status, text: await answer.text() };
  };
  expect((await get('/health/ready')).status).toBe(200);
  const goOn = await hang();
  try {
    const [ready, metrics, ...pages] = await Promise.all(['/health/ready', '/metrics', '/', '/v1/deploys'].map(get));
    const why = 'the database does not answer';
    expect(ready).toMatchObject({ status: 503, text: expect.stringContaining(why) });
    expect(metrics).toMatchObject({ status: 200, text: expect.stringContaining('bakewatch_database_up 0') });
    for (const page of pages) expect(page).toMatchObject({ status: 503, text: expect.stringContaining(why) });
  } finally {
    goOn();
  }
  await expect.poll(async () => (await get('/health/ready')).status, { timeout: 60_000 }).toBe(200);
  expect((await get('/')).status).toBe(200);
});
