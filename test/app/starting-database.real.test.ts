import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startApp } from '../../src/app/app.ts';
import { plugins } from '../../src/app/plugins.ts';
import { loadConfig } from '../../src/rules/load-config.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/store/embedded-postgres.ts';
import { copyCluster, scratch, silentLog } from '../support/database.ts';
import { freePort } from '../support/free-port.ts';

let directory: string;
let database: EmbeddedPostgres;
const startDatabase = () =>
  startEmbeddedPostgres({ dataDir: directory, log: silentLog, path: process.env.PATH ?? '', settings: { fsync: 'off' } });

beforeEach(async () => {
  directory = mkdtempSync(join(scratch, 'bakewatch-starts-'));
  await copyCluster(directory);
  database = await startDatabase();
  await database.stop();
});
afterEach(async () => {
  await database.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** Starts a server on the database that is away. */
async function start(rest: { readonly databaseWaitMs?: number; readonly stopping?: AbortSignal } = {}) {
  const port = await freePort();
  const text = `config: 1\nserver: { listen: '127.0.0.1:${port}' }\nrules: []\nhooks: {}\nproviders: {}\n`;
  const { config, ruleSets } = loadConfig({ file: 'bakewatch.yaml', env: {}, readFile: () => text, listFiles: () => [], plugins });
  const app = startApp({ config, ruleSets, databaseUrl: database.url, log: silentLog, environment: {}, ...rest });
  const get = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`).catch(() => null);
    return answer && { status: answer.status, text: await answer.text() };
  };
  return { app, get };
}

const patient = { timeout: 60_000 };
const reason = expect.stringContaining('the database cannot be reached (connect)');

test('a server that starts while its database is away lives, says why it is not ready, and opens when the database answers', async () => {
  const { app, get } = await start();
  await expect.poll(() => get('/health/ready'), patient).toMatchObject({ status: 503, text: reason });
  expect(await get('/health/live')).toMatchObject({ status: 200 });
  expect(await get('/v1/deploys')).toMatchObject({ status: 503, text: reason });
  database = await startDatabase();
  const { stop } = await app;
  await expect.poll(() => get('/health/ready'), patient).toMatchObject({ status: 200 });
  expect(await get('/v1/deploys')).toMatchObject({ status: 200 });
  await stop();
  expect(await get('/health/live')).toBeNull();
});

test('a server that has waited in vain, or is stopped, closes its port', async () => {
  const inVain = await start({ databaseWaitMs: 1 });
  await expect(inVain.app).rejects.toThrow(/^the database cannot be reached \(connect\): .*; waited .* for it$/);
  expect(await inVain.get('/health/live')).toBeNull();
  const stopping = new AbortController();
  const stopped = await start({ stopping: stopping.signal });
  await expect.poll(() => stopped.get('/health/live'), patient).toMatchObject({ status: 200 });
  stopping.abort();
  await expect(stopped.app).rejects.toThrow('stopped while waiting for the database');
  expect(await stopped.get('/health/live')).toBeNull();
});
