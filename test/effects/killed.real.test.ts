import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test, vi } from 'vitest';
import { openStore } from '../../src/store/open-store.ts';
import { startOf } from '../../src/store/process-life.ts';
import { anEmptyDatabase, copyCluster, silentLog, systemClock } from '../support/database.ts';

const fixture = fileURLToPath(new URL('./server.fixture.ts', import.meta.url));
const folders: string[] = [];
const children: ChildProcess[] = [];

afterAll(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
  for (const folder of folders.splice(0)) {
    const file = join(folder, 'postgres', 'postmaster.pid');
    const isOver = () => !existsSync(file) || startOf(Number(readFileSync(file, 'utf8').split('\n')[0])) === null;
    await vi.waitFor(() => expect(isOver()).toBe(true), { timeout: 20_000 });
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
});

type When = 'before' | 'while' | 'long before' | 'after';

/**
 * A hook that switches releases, and once kills the server that called it: before, during or after its work, or so long before its end that it still runs
 * when another server takes the order over.
 */
const release = (when: When) => `#!/bin/sh
if [ "$1" = --show ]; then cat running; exit; fi
echo "$1" >> asked
kill_once() { [ -e killed ] || { touch killed; kill -KILL $PPID; }; }
echo switching
until [ -e kept ]; do sleep 0.05; done
${when === 'before' ? '[ -e killed ] || { kill_once; exit; }' : ''}
${when === 'while' ? 'kill_once; sleep 3' : ''}
${when === 'long before' ? 'kill_once; until [ -e awaited ]; do sleep 0.05; done; sleep 1' : ''}
echo "$1" > running
${when === 'after' ? 'kill_once' : ''}
`;

/** Runs the server until it is killed or prints its result. */
async function serve(folder: string): Promise<{ readonly killed: boolean; readonly said: unknown }> {
  const child = spawn(process.execPath, [fixture, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const ended = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout })) return { killed: false, said: JSON.parse(line) };
  const [, signal] = await ended;
  return { killed: signal === 'SIGKILL', said: null };
}

// Concurrent, because each waits until the queue notices that its server is dead.
test.concurrent.for([
  { when: 'before', asked: ['v1', 'v1'], outcomes: [null, 'succeeded'] },
  // The hook continues alone, and ends before another process takes the order over. Whether it did all of its work is unknown: it acts again.
  { when: 'while', asked: ['v1', 'v1'], outcomes: [null, 'succeeded'] },
  // It still runs then, is awaited, and is not called again.
  { when: 'long before', asked: ['v1'], outcomes: [null, 'already_there'] },
  { when: 'after', asked: ['v1', 'v1'], outcomes: [null, 'succeeded'] },
] as const)('a server that is killed $when its hook did the work', async ({ when, asked, outcomes }) => {
  const folder = mkdtempSync(join(tmpdir(), 'bakewatch-killed-'));
  folders.push(folder);
  await copyCluster(folder);
  writeFileSync(join(folder, 'running'), 'v2\n');
  writeFileSync(join(folder, 'release'), release(when), { mode: 0o755 });
  expect(await serve(folder)).toEqual({ killed: true, said: null });
  expect(await serve(folder)).toMatchObject({
    killed: false,
    said: {
      state: 'verifying',
      attempts: [{ outcome: outcomes[0], output: 'switching\n' }, { outcome: outcomes[1] }],
      topics: ['rolled_back'],
    },
  });
  expect(readFileSync(join(folder, 'asked'), 'utf8').trim().split('\n')).toEqual(asked);
  expect(readFileSync(join(folder, 'running'), 'utf8')).toBe('v1\n');
});

test.concurrent('a server that is killed while its hook only looks is not waited for: nothing was done', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bakewatch-killed-'));
  folders.push(folder);
  await copyCluster(folder);
  writeFileSync(join(folder, 'running'), 'v2\n');
  const script = `#!/bin/sh
if [ "$1" = --show ]; then [ -e killed ] || { touch killed; kill -KILL $PPID; }; cat running; exit; fi
echo "$1" | tee -a asked > running
`;
  writeFileSync(join(folder, 'release'), script, { mode: 0o755 });
  expect(await serve(folder)).toEqual({ killed: true, said: null });
  const { said } = await serve(folder);
  expect(said).toMatchObject({ state: 'verifying', attempts: [{ outcome: null, output: '' }, { outcome: 'succeeded' }] });
  expect(readFileSync(join(folder, 'asked'), 'utf8')).toBe('v1\n');
  expect(existsSync(join(folder, 'awaited'))).toBe(false);
});

test('a server that is stopped while its hook runs, and wakes up after another one has finished the order, writes nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bakewatch-stopped-'));
  folders.push(folder);
  const databaseUrl = await anEmptyDatabase();
  writeFileSync(join(folder, 'running'), 'v2\n');
  const script = `#!/bin/sh
if [ "$1" = --show ]; then cat running; exit; fi
echo "$1" >> asked
until [ -e awaited ]; do sleep 0.05; done
echo "$1" > running
`;
  writeFileSync(join(folder, 'release'), script, { mode: 0o755 });
  const sleeper = serving(folder, databaseUrl);
  await vi.waitFor(() => expect(existsSync(join(folder, 'asked'))).toBe(true), { timeout: 60_000 });
  sleeper.child.kill('SIGSTOP');
  const other = serving(folder, databaseUrl);
  expect(await other.said('state')).toMatchObject({ state: 'verifying', attempts: [{ outcome: null }, { outcome: 'already_there' }] });
  const { store, close } = await openStore({ databaseUrl, dataDir: folder, log: silentLog, clock: systemClock });
  const everything = async () => [await store.find('d2'), await store.attempts('d2'), await store.timeline('d2')];
  const before = await everything();
  sleeper.child.kill('SIGCONT');
  expect(await sleeper.said('lost')).toMatchObject({ lost: expect.stringContaining('writes nothing') });
  expect(await everything()).toEqual(before);
  expect(readFileSync(join(folder, 'asked'), 'utf8')).toBe('v1\n');
  await close();
});

/** Runs a server on a database that it shares with others. `said` waits for the first line with this key. */
function serving(folder: string, databaseUrl: string) {
  const child = spawn(process.execPath, [fixture, folder, databaseUrl], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const lines: Record<string, unknown>[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(JSON.parse(line)));
  const said = (key: string) =>
    vi.waitFor(
      () => {
        const line = lines.find((one) => key in one);
        if (line === undefined) throw new Error(`the server has not said ${key}`);
        return line;
      },
      { timeout: 90_000, interval: 50 },
    );
  return { child, said };
}
