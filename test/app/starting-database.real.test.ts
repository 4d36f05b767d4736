import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { startApp } from '../../src/app/app.ts';
import type { AppInput } from '../../src/app/app-input.ts';
import { plugins } from '../../src/app/plugins.ts';
import { loadConfig } from '../../src/rules/load-config.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/store/embedded-postgres.ts';
import { copyCluster, scratch, silentLog } from '../support/database.ts';
import { freePort } from '../support/free-port.ts';

const main = join(import.meta.dirname, '../../src/main.ts');
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
async function start(rest: Pick<AppInput, 'databaseWaitMs' | 'stopping' | 'wrap'> = {}) {
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

test('a database that goes away while the server starts is waited for, too', async () => {
  database = await startDatabase();
  let calls = 0;
  const stopsOnce = async () => {
    calls += 1;
    if (calls === 1) await database.stop();
  };
  const { app, get } = await start({
    wrap: (kind, port) =>
      kind !== 'store'
        ? port
        : new Proxy(port, {
            get: (target, name) => {
              const method: unknown = Reflect.get(target, name);
              if (typeof method !== 'function' || name !== 'offerRuleBook') return method;
              return async (...args: unknown[]) => {
                await stopsOnce();
                return await method.apply(target, args);
              };
            },
          }),
  });
  await expect.poll(() => get('/health/ready'), patient).toMatchObject({ status: 503, text: expect.stringContaining('cannot be reached') });
  database = await startDatabase();
  const { stop } = await app;
  await expect.poll(() => get('/health/ready'), patient).toMatchObject({ status: 200 });
  expect(calls).toBeGreaterThan(1);
  await stop();
});

test('the program says at once which database it waits for, without its password, and ends well when it is stopped', async () => {
  const port = await freePort();
  writeFileSync(join(directory, 'bakewatch.yaml'), `config: 1\nserver: { listen: '127.0.0.1:${port}' }\nrules: []\n`);
  const env = { PATH: process.env.PATH ?? '', DATABASE_URL: `postgres://someone:a-password@127.0.0.1:${await freePort()}/shop` };
  const child = spawn(process.execPath, [main, 'serve', '--json'], { cwd: directory, stdio: ['ignore', 'ignore', 'pipe'], env });
  onTestFinished(() => void child.kill('SIGKILL'));
  let log = '';
  child.stderr.on('data', (chunk) => {
    log += chunk;
  });
  await expect.poll(() => log, patient).toContain('waiting for the database');
  expect(log).toContain(
    `"database":"${new URL(env.DATABASE_URL).host}","reason":"the database cannot be reached (connect): connection refused"`,
  );
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(log).not.toContain('a-password');
});
