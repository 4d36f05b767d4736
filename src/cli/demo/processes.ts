import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { DemoError } from './demo-error.ts';

/** A program of the demo. `onLine` gets every line of its standard output; `env` is its whole environment. */
export type Program = {
  readonly name: string;
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly onLine?: (line: string) => void;
};

/** The programs of one demo. Each runs in a process group of its own; all are watched, and ended together. */
export type Processes = {
  readonly start: (program: Program) => void;
  /** Aborts, with a `DemoError` as its reason, as soon as a program ends unexpectedly. */
  readonly trouble: AbortSignal;
  /** The last output lines of each program, for a person who must find out what went wrong. */
  readonly lastLines: (lines: number) => readonly string[];
  /** Ends all programs, last started first, and resolves when they are gone. */
  readonly stop: () => Promise<void>;
};

type DemoProcess = { readonly program: Program; readonly child: ChildProcess; readonly output: string[] };

const maxLines = 200;
const graceMs = 8_000;

/** Creates an empty set of programs. If this process exits without `stop`, it kills their process groups. */
export function createProcesses(): Processes {
  const running: DemoProcess[] = [];
  const trouble = new AbortController();
  let isStopping = false;
  const killAll = () => {
    for (const { child } of running) signalGroup(child, 'SIGKILL');
  };
  // A second Ctrl-C means: do not wait until the programs have ended.
  const killAndExit = () => {
    killAll();
    process.exit(130);
  };
  process.once('exit', killAll);
  return {
    start(program) {
      const one = launch(program);
      running.push(one);
      const report = (how: string) => {
        if (!isStopping) trouble.abort(new DemoError(`${program.name} ${how}`));
      };
      one.child.on('error', (error) => report(`could not be started: ${error.message}`));
      one.child.on('exit', (code, signal) => report(`ended unexpectedly (${signal ?? `exit code ${code}`})`));
    },
    trouble: trouble.signal,
    lastLines: (lines) => running.flatMap(({ program, output }) => output.slice(-lines).map((line) => `${program.name}: ${line}`)),
    async stop() {
      isStopping = true;
      process.on('SIGINT', killAndExit);
      for (const { child } of running.toReversed()) await end(child);
      process.off('SIGINT', killAndExit);
      process.off('exit', killAll);
    },
  };
}

function launch(program: Program): DemoProcess {
  const [command, ...args] = program.argv;
  // The shop and its load generator exit when their standard input closes, so they end even if this process is killed.
  const child = spawn(command, args, { cwd: program.cwd, env: program.env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
  const output: string[] = [];
  const keep = (line: string) => {
    output.push(line);
    if (output.length > maxLines) output.shift();
  };
  createInterface({ input: child.stdout }).on('line', (line) => {
    keep(line);
    program.onLine?.(line);
  });
  createInterface({ input: child.stderr }).on('line', keep);
  return { program, child, output };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return;
  if (child.exitCode === null && child.signalCode === null) {
    const gone = once(child, 'exit');
    signalGroup(child, 'SIGTERM');
    const giveUp = new AbortController();
    await Promise.race([gone, delay(graceMs, undefined, { signal: giveUp.signal }).catch(() => undefined)]);
    giveUp.abort();
  }
  // Kills what the program itself has started and left behind.
  signalGroup(child, 'SIGKILL');
}

/** Sends a signal to a process group. Does nothing where the group is gone already. */
function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {}
}
