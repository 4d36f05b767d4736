import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { NonEmpty } from '../core/base/non-empty.ts';
import type { Secret } from '../core/base/secret.ts';
import { createOutput, type Output, type OutputText } from './output.ts';
import { endGroup } from './process-group.ts';
import { programListener } from './program-watch.ts';
import { proxySecrets, proxyVariables } from './proxy.ts';
import { reportOutput } from './report-output.ts';

/** A program and its arguments, never a line for a shell. */
export type ProcessRequest = {
  readonly argv: NonEmpty<string>;
  readonly cwd?: string | undefined;
  /** Added to PATH, HOME, LANG and the variables of proxies. Nothing else is inherited. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Written to the standard input, which is then closed. Default: an empty input. */
  readonly stdin?: string | undefined;
  readonly timeoutMs: number;
  /** How much of each stream is kept: its beginning and its end. The program may print more. */
  readonly maxOutputBytes: number;
  /** Texts to remove from the output, in addition to everything that looks like a secret. */
  readonly secrets?: readonly Secret[] | undefined;
  /** True: the result also has the unchanged standard output as `answer`, for parsing. */
  readonly wantsAnswer?: boolean | undefined;
  /** Called about once a second with the output up to now, in the form of the result's `output`, if there is more than before. Must not throw. */
  readonly onOutput?: ((soFar: string) => void) | undefined;
};

/** How a program ended: with an exit code, or killed by a signal that is not ours. `output` merges both streams line by line. */
export type ProcessResult = {
  readonly exitCode: number | null;
  readonly signalName: string | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly output: string;
  /** The unchanged standard output, with `wantsAnswer` and up to `maxOutputBytes`. It must never be shown. */
  readonly answer?: Secret | undefined;
};

/** `not_started`: it certainly did not run. `timeout`, `aborted`: we killed it and its process group; it may have done its work. */
export type ProcessErrorKind = 'not_started' | 'timeout' | 'aborted';

/** A program could not be started, or we killed it. `output` is what it printed until then. */
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

/**
 * Creates a runner whose programs see only PATH, HOME, LANG and the proxies of the given environment. The server's own environment holds secrets: those of
 * the proxies are removed from the output.
 */
export function createRunProcess(environment: Readonly<Record<string, string | undefined>>): RunProcess {
  const inherited: Record<string, string> = {};
  for (const name of ['PATH', 'HOME', 'LANG', ...proxyVariables]) {
    const value = environment[name];
    if (value !== undefined) inherited[name] = value;
  }
  const hidden = proxySecrets(environment);
  return async (asked, signal) => {
    const request = hidden.length === 0 ? asked : { ...asked, secrets: [...(asked.secrets ?? []), ...hidden] };
    const collected = createOutput(request.maxOutputBytes);
    const { output, stop } = request.onOutput ? reportOutput(collected, request.onOutput, request.secrets) : { output: collected };
    try {
      return await perform(request, { inherited, output }, signal);
    } finally {
      stop?.();
    }
  };
}

type ProcessTools = { readonly inherited: Readonly<Record<string, string>>; readonly output: Output };

async function perform(request: ProcessRequest, tools: ProcessTools, signal: AbortSignal): Promise<ProcessResult> {
  const { output } = tools;
  const running = await start(request, tools, signal);
  const reason = await firstOf(running.exited, request.timeoutMs, signal);
  if (reason !== 'exited') {
    await kill(running);
    throw killedError(request, reason, output.read(request.secrets ?? []));
  }
  await finishReading(running);
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

/** How long we read the pipes after the end of the program. */
const lingerMs = 1_000;
const maxTimeoutMs = 2 ** 31 - 1;

async function start(request: ProcessRequest, { inherited, output }: ProcessTools, signal: AbortSignal): Promise<RunningProcess> {
  const [program, ...args] = request.argv;
  const listener = programListener();
  await listener?.starting().catch((cause: unknown) => {
    throw new ProcessError('not_started', `${program} was not started: ${cause instanceof Error ? cause.message : 'unknown'}`, { cause });
  });
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
    // A program may ignore its input, so a broken pipe is not a failure.
    child.stdin?.on('error', () => {});
    child.stdin?.end(request.stdin);
    const exited = new Promise((resolve) => child.once('exit', resolve));
    const closed = new Promise((resolve) => child.once('close', resolve));
    await once(child, 'spawn');
    child.on('error', () => {});
    if (child.pid !== undefined) listener?.started(child.pid);
    return { child, pid: child.pid ?? Number.NaN, exited, closed };
  } catch (cause) {
    throw new ProcessError('not_started', `${program} could not be started: ${startProblem(cause)}`, { cause });
  }
}

async function firstOf(exited: Promise<unknown>, timeoutMs: number, signal: AbortSignal): Promise<'exited' | 'timeout' | 'aborted'> {
  const done = new AbortController();
  const stop = AbortSignal.any([signal, done.signal]);
  const timeout = delay(Math.min(timeoutMs, maxTimeoutMs), 'timeout' as const, { signal: stop }).catch(() => 'aborted' as const);
  try {
    return await Promise.race([exited.then(() => 'exited' as const), timeout]);
  } finally {
    done.abort();
  }
}

/** Ends the program and all processes of its group. */
async function kill({ child, pid, exited }: RunningProcess): Promise<void> {
  await endGroup(pid);
  await Promise.race([exited, delay(lingerMs, undefined, { ref: false })]);
  child.stdout?.destroy();
  child.stderr?.destroy();
  child.unref();
}

/**
 * Reads the output of an ended program to its end. A process that it left running, such as the service that it restarted, may keep the pipes open. We
 * stop waiting for it after a while, but keep reading its pipes, because closing them could kill it.
 */
async function finishReading({ child, closed }: RunningProcess): Promise<void> {
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

/** Explains a spawn error by its code. Its message repeats the arguments, which may hold secrets. */
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
