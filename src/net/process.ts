import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { NonEmpty } from '../core/base/non-empty.ts';
import type { Secret } from '../core/base/secret.ts';
import { createOutput, type Output, type OutputText } from './output.ts';
import { isGroupRunning, signalGroup } from './process-group.ts';
import { tellWhileItRuns } from './tell-while-it-runs.ts';

/** A program and its arguments: never a shell line. */
export type ProcessRequest = {
  readonly argv: NonEmpty<string>;
  readonly cwd?: string | undefined;
  /** Added to PATH, HOME and LANG; nothing else is inherited. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Written to the standard input, which is then closed; without it the program reads an empty input. */
  readonly stdin?: string | undefined;
  readonly timeoutMs: number;
  /** How much of each stream is kept (its beginning and its end); the program may print any amount. */
  readonly maxOutputBytes: number;
  /** Texts to hide in the output, besides what looks like a secret. */
  readonly secrets?: readonly Secret[] | undefined;
  /** The standard output is an answer to be parsed: it is handed over as it was printed too, as `answer`. */
  readonly wantsAnswer?: boolean | undefined;
  /** Told about once a second what was printed so far (merged, redacted, cut as the result's `output`), while there is more. Must not throw. */
  readonly onOutput?: ((soFar: string) => void) | undefined;
};

/** How a program ended: with an exit code, or killed by a signal that we did not send. `output` merges both streams line by line. */
export type ProcessResult = {
  readonly exitCode: number | null;
  readonly signalName: string | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly output: string;
  /** The standard output, neither redacted nor cut, where it was wanted and was not longer than `maxOutputBytes`. It must never be shown. */
  readonly answer?: Secret | undefined;
};

/** `not_started`: it certainly did not run · `timeout`, `aborted`: we killed it and its whole process group, it may have done its work. */
export type ProcessErrorKind = 'not_started' | 'timeout' | 'aborted';

/** A program could not be started or was killed by us; carries what it printed until then. */
export class ProcessError extends Error {
  readonly kind: ProcessErrorKind;
  readonly output: string;
  constructor(kind: ProcessErrorKind, message: string, options?: ErrorOptions & { output?: string }) {
    super(message, options);
    this.name = 'ProcessError';
    this.kind = kind;
    this.output = options?.output ?? '';
  }
}

/** Runs one program to its end. Any exit code is a result; throws only `ProcessError`. */
export type RunProcess = (request: ProcessRequest, signal: AbortSignal) => Promise<ProcessResult>;

/** A runner whose programs see only PATH, HOME and LANG of the given environment, as the server's own holds secrets. */
export function createRunProcess(environment: Readonly<Record<string, string | undefined>>): RunProcess {
  const inherited: Record<string, string> = {};
  for (const name of ['PATH', 'HOME', 'LANG']) {
    const value = environment[name];
    if (value !== undefined) inherited[name] = value;
  }
  return async (request, signal) => {
    const collected = createOutput(request.maxOutputBytes);
    const { output, stop } = request.onOutput ? tellWhileItRuns(collected, request.onOutput, request.secrets) : { output: collected };
    try {
      return await perform(request, { inherited, output }, signal);
    } finally {
      stop?.();
    }
  };
}

type ProcessTools = { readonly inherited: Readonly<Record<string, string>>; readonly output: Output };

async function perform(request: ProcessRequest, means: ProcessTools, signal: AbortSignal): Promise<ProcessResult> {
  const { output } = means;
  const running = await start(request, means, signal);
  const reason = await firstOf(running.exited, request.timeoutMs, signal);
  if (reason !== 'exited') {
    await kill(running);
    throw killedError(request, reason, output.read(request.secrets ?? []));
  }
  await letGo(running);
  const { merged, ...streams } = output.read(request.secrets ?? []);
  const answer = request.wantsAnswer ? output.answer() : undefined;
  return { exitCode: running.child.exitCode, signalName: running.child.signalCode, ...streams, output: merged, answer };
}

type RunningProcess = {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly exited: Promise<unknown>;
  readonly closed: Promise<unknown>;
};

/** Between asking a group to end and ending it. */
const killGraceMs = 2_000;
/** How long pipes may stay open after the program's end before we stop listening. */
const lingerMs = 1_000;
const longestTimeoutMs = 2 ** 31 - 1;

async function start(request: ProcessRequest, { inherited, output }: ProcessTools, signal: AbortSignal): Promise<RunningProcess> {
  const [program, ...args] = request.argv;
  if (signal.aborted) throw new ProcessError('not_started', `${program} was not started: the work was aborted`);
  try {
    const child = spawn(program, args, {
      cwd: request.cwd,
      env: { ...inherited, ...request.env },
      stdio: [request.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      detached: true,
      windowsHide: true,
    });
    child.stdout?.on('data', (chunk: Buffer) => output.write('stdout', chunk));
    child.stderr?.on('data', (chunk: Buffer) => output.write('stderr', chunk));
    // A program need not read its input: a broken pipe says nothing about its success.
    child.stdin?.on('error', () => {});
    child.stdin?.end(request.stdin);
    const exited = new Promise((resolve) => child.once('exit', resolve));
    const closed = new Promise((resolve) => child.once('close', resolve));
    await once(child, 'spawn');
    child.on('error', () => {});
    return { child, pid: child.pid ?? Number.NaN, exited, closed };
  } catch (cause) {
    throw new ProcessError('not_started', `${program} could not be started: ${startProblem(cause)}`, { cause });
  }
}

async function firstOf(exited: Promise<unknown>, timeoutMs: number, signal: AbortSignal): Promise<'exited' | 'timeout' | 'aborted'> {
  const done = new AbortController();
  const stop = AbortSignal.any([signal, done.signal]);
  const timeout = delay(Math.min(timeoutMs, longestTimeoutMs), 'timeout' as const, { signal: stop }).catch(() => 'aborted' as const);
  try {
    return await Promise.race([exited.then(() => 'exited' as const), timeout]);
  } finally {
    done.abort();
  }
}

/** Ends the program and everything it started that did not leave its group: asks, waits, then insists. */
async function kill({ child, pid, exited }: RunningProcess): Promise<void> {
  signalGroup(pid, 'SIGTERM');
  for (let [waited, pause] = [0, 10]; waited < killGraceMs && isGroupRunning(pid); waited += pause) {
    pause = Math.min(2 * pause, 200);
    await delay(pause);
  }
  signalGroup(pid, 'SIGKILL');
  await Promise.race([exited, delay(lingerMs, undefined, { ref: false })]);
  child.stdout?.destroy();
  child.stderr?.destroy();
  child.unref();
}

/**
 * The program has ended; what it printed is read to the end. Something it left running may hold the pipes open, perhaps the very service that it
 * restarted: we stop waiting for that, but keep its pipes drained rather than break them.
 */
async function letGo({ child, closed }: RunningProcess): Promise<void> {
  const timer = new AbortController();
  const lingered = delay(lingerMs, 'lingered' as const, { signal: timer.signal }).catch(() => 'closed' as const);
  const reason = await Promise.race([closed.then(() => 'closed' as const), lingered]);
  timer.abort();
  if (reason === 'closed') return;
  for (const stream of [child.stdout, child.stderr]) {
    stream?.removeAllListeners('data');
    stream?.on('error', () => {});
    stream?.resume();
    if (stream instanceof Socket) stream.unref();
  }
}

function killedError(request: ProcessRequest, reason: 'timeout' | 'aborted', { merged }: OutputText): ProcessError {
  const why = reason === 'timeout' ? `did not end within ${request.timeoutMs / 1_000} s and` : 'was interrupted and';
  return new ProcessError(reason, `${request.argv[0]} ${why} was killed`, { output: merged });
}

/** The message of a spawn error repeats the arguments, which may hold secrets; the code says all that matters. */
function startProblem(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error';
  const known: Readonly<Record<string, string>> = {
    ENOENT: 'no such file or directory (the program, its interpreter or the working directory)',
    EACCES: 'permission denied (is it executable?)',
    ENOEXEC: 'not a program (a script needs a first line such as #!/bin/sh)',
    E2BIG: 'its arguments are too long',
  };
  return known[code] ?? code;
}
