import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { lockDirectory } from '../../src/store/directory-lock.ts';
import { type OpenStore, openStore } from '../../src/store/open-store.ts';
import { startOf } from '../../src/store/process-life.ts';
import { silentLog, systemClock } from '../support/database.ts';

const fixture = fileURLToPath(new URL('./owner.fixture.ts', import.meta.url));
let dataDir: string;
const children: ChildProcess[] = [];
const opened: OpenStore[] = [];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'bakewatch-killed-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) if (child.exitCode === null && child.signalCode === null) await kill(child);
  for (const store of opened.splice(0)) await store.close();
  await vi.waitFor(() => expect(startOf(postgresOf(dataDir))).toBeNull(), { timeout: 10_000 });
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

/** The pid of the server that runs the cluster, or an impossible one. */
function postgresOf(directory: string): number {
  const file = join(directory, 'postgres', 'postmaster.pid');
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : 2 ** 22 + 1;
}

type Said = { readonly postgres: number; readonly id: string; readonly refused?: string };

/** Starts the owner and waits for a line of its output. */
async function own(what: string, isLast: (line: string) => boolean = (line) => line.startsWith('{')) {
  const child = spawn(process.execPath, [fixture, dataDir, what], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  let said: Said | null = null;
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('{')) said = JSON.parse(line);
    if (isLast(line) || child.exitCode !== null) break;
  }
  return { child, said };
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

async function open(): Promise<OpenStore> {
  const store = await openStore({ databaseUrl: null, dataDir, log: silentLog, clock: systemClock, path: process.env.PATH ?? '' });
  opened.push(store);
  return store;
}

test('a killed owner leaves no postgres, and the next start has everything that was committed', async () => {
  for (let round = 0; round < 3; round += 1) {
    const { child, said } = await own('commit');
    await kill(child);
    const next = await open();
    expect((await next.store.find(said!.id))?.version).toBe(2);
    expect(startOf(said!.postgres)).toBeNull();
    await next.close();
    opened.pop();
  }
});

test.runIf(process.platform === 'linux')('the postgres of a killed owner ends by itself', async () => {
  const { child, said } = await own('idle');
  await kill(child);
  await vi.waitFor(() => expect(startOf(said!.postgres)).toBeNull(), { timeout: 10_000 });
});

test('a second process on the same directory is refused in one sentence', async () => {
  const { child } = await own('idle');
  const second = await own('idle');
  expect(second.said?.refused).toBe(`the data directory ${dataDir} is in use by process ${child.pid}; stop it, or use another directory`);
});

test('an effect survives a kill between its commit and its start', async () => {
  const { child, said } = await own('commit');
  await kill(child);
  const { queue } = await open();
  const performed: string[] = [];
  await queue.start({ perform: async (effect) => void performed.push('bakeId' in effect ? effect.bakeId : ''), gaveUp: async () => {} });
  await vi.waitFor(() => expect(performed).toEqual([said!.id]), { timeout: 10_000 });
});

test('an effect that was being performed when its process was killed is taken over', async () => {
  let lines = 0;
  const { child } = await own('performing', () => {
    lines += 1;
    return lines === 2;
  });
  await kill(child);
  const { queue } = await open();
  const performed: string[] = [];
  await queue.start({ perform: async (effect) => void performed.push(effect.id), gaveUp: async () => {} });
  await vi.waitFor(() => expect(performed).toHaveLength(1), { timeout: 40_000 });
});

test('a start that is killed at any moment does not prevent the next one', async () => {
  for (const ms of [150, 300, 400, 500, 600, 700, 800, 900, 1_000, 1_100, 1_300]) {
    const child = spawn(process.execPath, [fixture, dataDir, 'idle'], { stdio: 'ignore' });
    children.push(child);
    await new Promise((resolve) => setTimeout(resolve, ms));
    await kill(child);
  }
  const { store } = await open();
  await store.ping();
});

test('a holder in another container counts as alive while the time of its lock file changes', async () => {
  const file = join(dataDir, 'bakewatch.lock');
  writeFileSync(file, JSON.stringify({ pid: 7, startedAt: '1', space: 'elsewhere', host: 'pod-1', id: 'x' }));
  const beat = setInterval(() => utimesSync(file, new Date(), new Date()), 500);
  await expect(lockDirectory(dataDir)).rejects.toThrow('in use by process 7 on pod-1');
  clearInterval(beat);
  (await lockDirectory(dataDir))();
});
