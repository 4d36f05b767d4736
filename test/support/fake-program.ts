import { createOutput } from '../../src/net/output.ts';
import { ProcessError, type ProcessRequest, type ProcessResult, type RunProcess } from '../../src/net/process.ts';
import { reportOutput } from '../../src/net/report-output.ts';

/** One call of a fake program. */
export type ProgramCall = {
  /** The arguments, without the program itself. */
  readonly args: readonly string[];
  /** The working directory, if the caller chose one. */
  readonly cwd: string | undefined;
  /** Prints lines to the standard output. */
  print(lines: string): void;
  /** Prints lines to the standard error. */
  complain(lines: string): void;
};

/** A fake program: acts, prints, and returns its exit code. A promise that never settles is a program that hangs until it is killed. */
export type FakeProgram = (call: ProgramCall) => number | Promise<number>;

/** A program that hangs returns this. */
export const hangs = new Promise<number>(() => {});

/**
 * Runs fake programs inside this process, without the cost of starting real ones. The output goes through the real collector (bounded, redacted, reported
 * while the program runs). Arguments, timeouts and aborts have the same effect as with real processes. Other programs cannot be started.
 */
export function runInProcess(programs: Readonly<Record<string, FakeProgram>>): RunProcess {
  return async (request, signal) => {
    const program = programs[request.argv[0]];
    const reason = signal.aborted ? 'the work was aborted' : problemOf(request, program);
    if (reason !== null || program === undefined) throw new ProcessError('not_started', `${request.argv[0]} was not started: ${reason}`);
    return await perform(program, request, signal);
  };
}

function problemOf({ argv }: ProcessRequest, program: FakeProgram | undefined): string | null {
  if (program === undefined) return 'no such file or directory';
  return argv.some((arg) => arg.includes('\0')) ? 'an argument holds a NUL character' : null;
}

async function perform(program: FakeProgram, request: ProcessRequest, signal: AbortSignal): Promise<ProcessResult> {
  const { argv, cwd, secrets = [], maxOutputBytes, onOutput, timeoutMs, wantsAnswer } = request;
  const collector = createOutput(maxOutputBytes);
  const { output, stop = () => {} } = onOutput ? reportOutput(collector, onOutput, secrets) : { output: collector };
  const call: ProgramCall = {
    args: argv.slice(1),
    cwd,
    print: (lines) => output.write('stdout', Buffer.from(`${lines}\n`)),
    complain: (lines) => output.write('stderr', Buffer.from(`${lines}\n`)),
  };
  const interruption = new AbortController();
  try {
    const ending = await Promise.race([program(call), interrupted(signal, timeoutMs, interruption.signal)]);
    const { merged, ...streams } = output.read(secrets);
    if (typeof ending === 'string') throw new ProcessError(ending, `${argv[0]} was killed`, { output: merged });
    return { exitCode: ending, signalName: null, ...streams, output: merged, answer: wantsAnswer ? output.answer() : undefined };
  } finally {
    interruption.abort();
    stop();
  }
}

/** Waits for the abort or the timeout, whichever comes first. */
async function interrupted(signal: AbortSignal, timeoutMs: number, done: AbortSignal): Promise<'aborted' | 'timeout'> {
  return await new Promise((resolve) => {
    const timer = setTimeout(() => resolve('timeout'), Math.min(timeoutMs, 2 ** 31 - 1));
    signal.addEventListener('abort', () => resolve('aborted'), { signal: done });
    done.addEventListener('abort', () => clearTimeout(timer));
  });
}
