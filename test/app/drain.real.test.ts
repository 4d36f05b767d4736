import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startApp } from '../../src/app/app.ts';
import { systemClock } from '../../src/app/clock.ts';
import { plugins } from '../../src/app/plugins.ts';
import { loadConfig } from '../../src/rules/load-config.ts';
import { openStore } from '../../src/store/open-store.ts';
import { startOf } from '../../src/store/process-life.ts';
import { aDeploy, aRegistration, bakeIn, commitOf } from '../store/fixtures.ts';
import { anEmptyDatabase, silentLog } from '../support/database.ts';

const folder = mkdtempSync(join(tmpdir(), 'bakewatch-drain-'));
const file = (name: string) => join(folder, name);
const soon = { timeout: 20_000, interval: 20 };
let databaseUrl: string;
beforeAll(async () => {
  databaseUrl = await anEmptyDatabase();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Starts a server whose hook runs until `release` exists, with an order to roll back, and waits until the hook runs. */
async function startWithHook(id: string, drain: string) {
  const hook = `echo $$ > ${file(`${id}.pid`)}; until [ -e ${file(`${id}.release`)} ]; do sleep 0.02; done; echo v1 > ${file(id)}`;
  writeFileSync(file(id), 'v2\n');
  const text = JSON.stringify({
    config: 1,
    server: { listen: '127.0.0.1:0' },
    drain,
    hooks: { deployer: { type: 'command', rollback: ['sh', '-c', hook, '{version}'], current: ['cat', file(id)] } },
  });
  const readFile = (path: string) => (path === 'bakewatch.yaml' ? text : '');
  const { config, ruleSets } = loadConfig({ file: 'bakewatch.yaml', env: {}, readFile, listFiles: () => [], plugins });
  const storage = await openStore({ databaseUrl, dataDir: '', log: silentLog, clock: systemClock });
  const app = await startApp({ config, ruleSets, databaseUrl, log: silentLog, environment: { PATH: process.env.PATH } });
  const deploy = aDeploy({ id, service: id, version: 'v2' });
  const order = { id: `${id}:d1`, target: { deployId: 'd1', version: 'v1' }, reasons: ['errors 9 %'] as const };
  const bake = { ...bakeIn(deploy, 'rolling_back'), state: 'rolling_back', since: 0, nextAt: Date.now() + 600_000, order } as const;
  const first = commitOf(bake, { effects: [{ id: `${id}:1:0`, bakeId: id, kind: 'roll_back', order }] });
  await storage.store.register(aRegistration(deploy), () => ({ ok: true, first, superseded: [] }));
  await vi.waitFor(() => expect(existsSync(file(`${id}.pid`)) && readFileSync(file(`${id}.pid`), 'utf8')).toMatch(/^\d+\n$/), soon);
  return { app, ...storage, pid: Number(readFileSync(file(`${id}.pid`), 'utf8')) };
}

/** Waits until the server says that it is not ready because it stops. */
async function seenToStop(url: string): Promise<void> {
  await vi.waitFor(async () => {
    const response = await fetch(`${url}/health/ready`);
    expect([response.status, await response.json()]).toEqual([503, { status: 'not ready', reason: 'the server is stopping' }]);
  }, soon);
}

test('a server that stops says so on its open port, and waits for a running hook', async () => {
  const { app, store, close } = await startWithHook('waits', '60s');
  const stopped = app.stop();
  await seenToStop(app.url);
  expect((await store.attempts('waits')).map(({ outcome }) => outcome)).toEqual([null]);
  writeFileSync(file('waits.release'), '');
  await stopped;
  expect((await store.attempts('waits')).map(({ outcome }) => outcome)).toEqual(['succeeded']);
  expect((await store.find('waits'))?.bake.state).toBe('verifying');
  await expect(fetch(`${app.url}/health/live`)).rejects.toThrow();
  await close();
});

test('a hook that still runs at the end of the drain is ended, and its attempt is recorded as interrupted', async () => {
  const { app, store, close, pid } = await startWithHook('cut', '0s');
  const begun = { owner: { pid: process.pid }, program: { pid, start: startOf(pid) } };
  await vi.waitFor(async () => expect((await store.attempts('cut'))[0]).toMatchObject(begun), soon);
  await app.stop();
  expect(startOf(pid)).toBe(null);
  expect((await store.attempts('cut')).map(({ outcome }) => outcome)).toEqual(['interrupted']);
  expect((await store.find('cut'))?.bake.state).toBe('rolling_back');
  const entry = (await store.timeline('cut')).find(({ kind }) => kind === 'hook_ended');
  expect(entry?.text).toBe('attempt 1: interrupted: the server stops: the command: sh was interrupted and was killed');
  await close();
});
