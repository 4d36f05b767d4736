import { expect, test } from 'vitest';
import { AppError } from '../../src/core/base/errors.ts';
import { nothingDone } from '../../src/effects/hook-attempt.ts';
import { runHook } from '../../src/effects/run-hook.ts';
import { programListener, watchOnlyActs, watchPrograms } from '../../src/net/program-watch.ts';
import type { AttemptProgram } from '../../src/ports/audit-log.ts';
import type { ProcessTable, ProgramWatcher } from '../../src/ports/process-table.ts';
import type { Store } from '../../src/ports/store.ts';
import { createFakeProcesses } from '../support/fake-processes.ts';
import { effectsOn, never } from './fixtures.ts';

const { dispatch, store } = effectsOn();
const program = { pid: 20, start: '2' };

type World = {
  /** How often the database refuses, from the first call on. `newer`: another attempt has begun. */
  readonly refusals?: number;
  readonly newer?: true;
};

/** Runs a hook that is given what watches its programs. Returns what was stored of its programs, in order. */
async function run({ refusals = 0, newer }: World, hook: (watcher: ProgramWatcher) => Promise<unknown>) {
  const stored: (AttemptProgram | null)[] = [];
  let calls = 0;
  const saveAttemptProgram: Store['saveAttemptProgram'] = async (attempt) => {
    calls += 1;
    if (calls <= refusals) throw new AppError('unavailable', 'the database cannot be reached');
    stored.push(attempt.program);
    return newer !== true;
  };
  let watcher: ProgramWatcher | undefined;
  const watch: ProcessTable['watch'] = (one, work) => {
    watcher = one;
    return work();
  };
  const { deps } = dispatch({
    store: { ...store(), saveAttemptProgram },
    processes: { ...createFakeProcesses().processes, watch },
  });
  const ended = runHook(deps, { attempt: { orderId: 'o', number: 1 }, hook: { timeoutMs: 1_000 }, signal: never }, async () => {
    if (watcher === undefined) throw new Error('nothing watches');
    await hook(watcher);
  });
  return { stored, error: await ended.then(() => null, String) };
}

const act = async (watcher: ProgramWatcher) => {
  await watcher.starting();
  watcher.started(program);
};

test('a hook that only looks stores no program: it began as one that has done nothing', async () => {
  expect(await run({}, (watcher) => watcher.looking())).toEqual({ stored: [], error: null });
});

test('a program is stored, cleared before the next one, and forgotten where the hook begins anew with a look', async () => {
  const hook = async (watcher: ProgramWatcher) => {
    await act(watcher);
    await act(watcher);
    await watcher.looking();
  };
  expect((await run({}, hook)).stored).toEqual([null, program, null, program, nothingDone]);
});

test('a program starts although the database is away, and is stored as soon as it is back', async () => {
  const hook = async (watcher: ProgramWatcher) => {
    await act(watcher);
    await new Promise((done) => setTimeout(done, 20));
  };
  expect(await run({ refusals: 40 }, hook)).toEqual({ stored: [program], error: null });
});

test('a hook that has ended is not held up by a database that is away', async () => {
  expect(await run({ refusals: 1_000 }, act)).toEqual({ stored: [], error: null });
});

test('a program does not start once a newer attempt has begun', async () => {
  expect((await run({ newer: true }, act)).error).toContain('a newer attempt has begun');
});

test('an error of ours counts as a timeout, because the hook may have acted, and only the log has its message', async () => {
  const { deps, lines } = dispatch();
  const hook = { timeoutMs: 1_000 };
  const ended = runHook(deps, { attempt: { orderId: 'o', number: 1 }, hook, signal: never }, () => {
    throw new TypeError('a secret of the platform');
  });
  await expect(ended).rejects.toMatchObject({ kind: 'timeout', message: expect.stringContaining('(TypeError), and may have acted') });
  await expect(ended).rejects.not.toThrow('a secret');
  expect(lines).toMatchObject([{ level: 'error', message: 'unexpected error of a hook' }]);
});

test('programs of a look are not announced, and those of an act are', async () => {
  const heard: string[] = [];
  const listener = {
    looking: async () => void heard.push('looking'),
    starting: async () => void heard.push('starting'),
    started: () => void heard.push('started'),
  };
  await watchPrograms(listener, async () => {
    const { look, act } = watchOnlyActs({
      look: async () => heard.push(programListener() === undefined ? 'looks alone' : 'looks'),
      act: async () => programListener()?.started(1),
    });
    await look();
    await act();
    await look();
  });
  expect(heard).toEqual(['looking', 'looks alone', 'starting', 'started', 'looks alone']);
});
