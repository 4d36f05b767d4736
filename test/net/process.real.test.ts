import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { test as base, describe, expect, vi } from 'vitest';
import { Secret } from '../../src/core/base/secret.ts';
import { createOutput } from '../../src/net/output.ts';
import { createRunProcess, ProcessError, type ProcessRequest } from '../../src/net/process.ts';
import { reportOutput } from '../../src/net/report-output.ts';

const run = createRunProcess({ PATH: process.env.PATH, HOME: '/nowhere', LANG: 'C.UTF-8', DATABASE_URL: 'postgres://u:hunter2@db' });
const never = new AbortController().signal;

/** Each test has a folder of its own, as many run at the same time. */
const test = base.extend<{ readonly folder: string }>({
  // Vitest reads the names of what a fixture needs from this pattern, which it requires.
  // biome-ignore lint/correctness/noEmptyPattern: it needs nothing
  folder: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'bakewatch-process-'));
    await use(folder);
    rmSync(folder, { recursive: true, force: true });
  },
});

function shell(script: string, rest: Partial<ProcessRequest> = {}): ProcessRequest {
  return { argv: ['/bin/sh', '-c', script], timeoutMs: 10_000, maxOutputBytes: 10_000, ...rest };
}

/** Waits until a process is gone, or is a zombie without a parent that reaps it. */
async function gone(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 200; tries += 1) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
    if (stat === null || /\) Z /.test(stat)) return true;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return false;
}

async function failure(promise: Promise<unknown>): Promise<ProcessError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ProcessError)) throw new Error(`expected a ProcessError, not ${error}`);
  return error;
}

describe('the end of a program', () => {
  test('any exit code is a result', async () => {
    const result = await run(shell('echo out; echo err >&2; exit 3'), never);
    expect(result).toMatchObject({ exitCode: 3, signalName: null, stdout: 'out\n', stderr: 'err\n' });
    expect(result.output.split('\n').sort()).toEqual(['', 'err', 'out']);
  });

  test('a signal from another process is a result', async () => {
    expect(await run(shell('kill -KILL $$'), never)).toMatchObject({ exitCode: null, signalName: 'SIGKILL' });
  });

  test.for([
    { name: 'a missing program', argv: ['/no/such/program', 'password=hunter2'], cwd: undefined, says: 'no such file' },
    { name: 'a missing working directory', argv: ['/bin/true'], cwd: '/no/such/folder', says: 'no such file' },
    { name: 'a file that is not executable', argv: ['/etc/passwd'], cwd: undefined, says: 'permission denied' },
    { name: 'an argument with a NUL byte', argv: ['/bin/echo', 'a\0b'], cwd: undefined, says: 'could not be started' },
  ])('$name certainly did not run, and the message does not repeat the arguments', async ({ argv, cwd, says }) => {
    const error = await failure(run({ ...shell(''), argv: [argv[0]!, ...argv.slice(1)], cwd }, never));
    expect(error).toMatchObject({ kind: 'not_started', message: expect.stringContaining(says) });
    expect(error.message).not.toContain('hunter2');
  });

  test('an abort before the start starts nothing', async ({ folder }) => {
    const error = await failure(run(shell(`touch ${folder}/ran`), AbortSignal.abort()));
    expect(error.kind).toBe('not_started');
    await expect(readFile(`${folder}/ran`)).rejects.toThrow();
  });
});

// Concurrent, because they wait for real processes.
describe.concurrent('timeouts and aborts', () => {
  test('a timeout kills the whole group: children, grandchildren and those who ignore the polite signal', async ({ folder }) => {
    const script = `trap '' TERM; (trap '' TERM; sh -c 'trap "" TERM; echo $$ > ${folder}/grandchild; while :; do sleep 1; done' ; :) & echo started; wait; sleep 60`;
    const error = await failure(run(shell(script, { timeoutMs: 400 }), never));
    expect(error).toMatchObject({ kind: 'timeout', output: 'started\n' });
    expect(error.message).toBe('/bin/sh did not end within 0.4 s and was killed');
    expect(await gone(Number(await readFile(`${folder}/grandchild`, 'utf8')))).toBe(true);
  });

  test('a program that ends on SIGTERM is not waited for any longer', async () => {
    const begun = performance.now();
    await failure(run(shell('exec sleep 60', { timeoutMs: 100 }), never));
    expect(performance.now() - begun).toBeLessThan(1_900);
  });

  test('an abort kills too', async ({ folder }) => {
    const controller = new AbortController();
    const running = run(shell(`echo $$ > ${folder}/pid; exec sleep 60`), controller.signal);
    setTimeout(() => controller.abort(), 200);
    expect(await failure(running)).toMatchObject({ kind: 'aborted' });
    expect(await gone(Number(await readFile(`${folder}/pid`, 'utf8')))).toBe(true);
  });

  test('a grandchild that keeps the pipe open neither hangs us nor is harmed', async ({ folder }) => {
    const grandchild = `i=0; until [ -e ${folder}/go ] || [ $((i+=1)) -gt 200 ]; do sleep 0.05; done; echo late; echo alive > ${folder}/alive`;
    expect(await run(shell(`(${grandchild}) & echo done`), never)).toMatchObject({ exitCode: 0, stdout: 'done\n' });
    await expect(readFile(`${folder}/alive`)).rejects.toThrow();
    writeFileSync(`${folder}/go`, '');
    await vi.waitFor(async () => expect(await readFile(`${folder}/alive`, 'utf8')).toBe('alive\n'), { timeout: 5_000 });
  });

  test('a very long timeout does not fire at once', async () => {
    expect(await run(shell('sleep 0.1', { timeoutMs: 10 ** 12 }), never)).toMatchObject({ exitCode: 0 });
  });
});

describe('what a program sees', () => {
  test('only PATH, HOME and LANG of our environment, and the given variables', async () => {
    const { stdout } = await run({ ...shell(''), argv: ['/usr/bin/env'], env: { BAKEWATCH_VERSION: 'v1' } }, never);
    const names = stdout.split('\n').map((line) => line.split('=')[0]);
    expect(names.sort()).toEqual(['', 'BAKEWATCH_VERSION', 'HOME', 'LANG', 'PATH']);
  });

  test('an empty standard input, or the given one', async () => {
    expect((await run(shell('cat'), never)).stdout).toBe('');
    expect((await run(shell('cat', { stdin: 'hello' }), never)).stdout).toBe('hello');
    expect((await run(shell('exit 0', { stdin: 'x'.repeat(1_000_000) }), never)).exitCode).toBe(0);
  });

  test('its arguments unchanged, with any content', async () => {
    const odd = ['a b', "it's", '"', '$(id)', '`id`', 'line\nbreak', '--x', '*', 'ş', ''];
    const { stdout } = await run({ ...shell(''), argv: ['/bin/sh', '-c', 'for a; do printf "<%s>" "$a"; done', 'sh', ...odd] }, never);
    expect(stdout).toBe(odd.map((each) => `<${each}>`).join(''));
  });
});

describe('output', () => {
  test('keeps the beginning and the end, says how much was cut, and does not stop the program', async () => {
    const script = `echo first; i=0; while [ $i -lt 3000 ]; do echo "line $i ${'x'.repeat(400)}"; i=$((i+1)); done; echo last`;
    const { exitCode, output } = await run(shell(script, { maxOutputBytes: 4_000 }), never);
    expect(exitCode).toBe(0);
    expect(output).toMatch(/^first\n[\s\S]*… 1,2\d\d,\d{3} bytes cut …\n[\s\S]*last\n$/);
    expect(output.length).toBeLessThan(4_100);
  });

  test('is plain text', async () => {
    const { output } = await run(shell(String.raw`printf '\033[31mred\033[0m \033]0;title\007a\000b\r\nc\n'`), never);
    expect(output).toBe('red ab\nc\n');
  });

  test('hides secrets, also where two streams are interleaved and where the cut goes through one', async () => {
    const secret = new Secret('correct-horse-battery-staple');
    const interleaved = 'printf "correct-horse-"; sleep 0.2; echo noise >&2; sleep 0.2; printf "battery-staple"';
    const { output } = await run(shell(interleaved, { secrets: [secret] }), never);
    expect(output.split('\n').sort()).toEqual(['[redacted]', 'noise']);
    for (let before = 40; before < 120; before += 7) {
      const cut = `printf '${'a'.repeat(before)}correct-horse-battery-staple${'b'.repeat(150 - before)}'`;
      const result = await run(shell(cut, { secrets: [secret], maxOutputBytes: 160 }), never);
      for (let at = 0; at + 6 <= 28; at += 1) expect(result.output).not.toContain('correct-horse-battery-staple'.slice(at, at + 6));
    }
  });

  test('an answer for parsing is returned unchanged, but never printed', async () => {
    const request = shell('echo \'{"password":"hunter2"}\'; echo noise >&2', { wantsAnswer: true });
    const result = await run(request, never);
    expect(result.answer?.reveal()).toBe('{"password":"hunter2"}\n');
    expect(inspect(result, { depth: 9 }) + JSON.stringify(result)).not.toContain('hunter2');
    expect((await run({ ...request, wantsAnswer: false }, never)).answer).toBeUndefined();
    expect((await run({ ...request, maxOutputBytes: 20 }, never)).answer).toBeUndefined();
  });

  test('an error holds the output up to then, redacted', async () => {
    const error = await failure(run(shell('echo password=hunter2; exec sleep 60', { timeoutMs: 300 }), never));
    expect(error.output).toBe('password=[redacted]\n');
  });

  describe.concurrent('while the program runs', () => {
    /** Runs a script that waits at every `pause` until the test has received output; returns every output. */
    async function listen(folder: string, script: string, secrets: readonly Secret[] = []) {
      const heard: string[] = [];
      const onOutput = (soFar: string) => {
        heard.push(soFar);
        writeFileSync(`${folder}/go`, '');
      };
      const pause = `pause() { until [ -e ${folder}/go ]; do sleep 0.05; done; rm ${folder}/go; }`;
      const { output } = await run(shell(`${pause}; ${script}`, { onOutput, secrets }), never);
      return { heard, output };
    }

    test('its output is passed on in whole lines', async ({ folder }) => {
      const { heard, output } = await listen(folder, 'echo one; printf tw; pause; echo o; pause');
      expect(heard).toEqual(['one\n', 'one\ntwo\n']);
      expect(output).toBe('one\ntwo\n');
    });

    test('a secret is never passed on in halves, on one line or on two', async ({ folder }) => {
      const secrets = [new Secret('correct-horse-battery-staple'), new Secret('first-half-of-it\nsecond-half-of-it')];
      const script = `echo a; printf correct-horse-; pause; echo battery-staple; echo first-half-of-it; pause; echo second-half-of-it; echo b; pause`;
      const { heard, output } = await listen(folder, script, secrets);
      expect(heard).toEqual(['a\n', 'a\n[redacted]\n', 'a\n[redacted]\n[redacted]\nb\n']);
      expect(output).toBe(heard.at(-1));
    });
  });

  test('much output is passed on once a second, and cut', async () => {
    vi.useFakeTimers();
    const heard: string[] = [];
    const { output, stop } = reportOutput(createOutput(4_000), (soFar) => void heard.push(soFar));
    for (let line = 0; line < 10_000; line += 1) output.write('stdout', Buffer.from(`line ${line} ${'x'.repeat(90)}\n`));
    vi.advanceTimersByTime(10);
    for (let line = 0; line < 10_000; line += 1) output.write('stderr', Buffer.from('more\n'));
    vi.advanceTimersByTime(60_000);
    output.write('stdout', Buffer.from('the last\n'));
    stop();
    vi.advanceTimersByTime(60_000);
    vi.useRealTimers();
    expect(heard.map((soFar) => [soFar.length < 4_100, soFar.includes('line 0'), soFar.includes('bytes cut')])).toEqual([
      [true, true, true],
      [true, true, true],
      [true, true, true],
    ]);
    expect(heard.at(-1)).toContain('the last');
  });

  test('a script given by its path runs through its own first line', async ({ folder }) => {
    writeFileSync(`${folder}/hook`, '#!/bin/sh\necho "$1"\n', { mode: 0o755 });
    expect((await run({ ...shell(''), argv: ['./hook', 'v1'], cwd: folder }, never)).stdout).toBe('v1\n');
  });
});
