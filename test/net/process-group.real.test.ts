import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { afterEach, expect, test, vi } from 'vitest';
import { isGroupRunning, signalGroup } from '../../src/net/process-group.ts';

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

function start(script: string): ChildProcess {
  const child = spawn('bash', ['-c', script], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  children.push(child);
  return child;
}

test('a group runs while one of its processes does', async () => {
  const child = start('echo started; exec sleep 60');
  await once(child.stdout!, 'data');
  expect(isGroupRunning(child.pid!)).toBe(true);
  const ended = once(child, 'exit');
  expect(signalGroup(child.pid!, 'SIGKILL')).toBe(true);
  await ended;
  expect([isGroupRunning(child.pid!), signalGroup(child.pid!, 0)]).toEqual([false, false]);
});

test.skipIf(!existsSync('/proc/self/stat'))('a group in which only a zombie is left does not run', async () => {
  // Job control gives the short sleep a group of its own, and the long one, its parent, never asks how it ended.
  const [line] = await once(start('set -m; sleep 0.2 & echo $!; exec sleep 60').stdout!, 'data');
  const group = Number(String(line));
  await vi.waitFor(() => expect(isGroupRunning(group)).toBe(false), { timeout: 5_000 });
  expect(signalGroup(group, 0)).toBe(true);
});
