import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { DemoError } from './demo-error.ts';

/** A program of the demo. `onLine` sees every line of its standard output; `env` is all the environment it gets. */
export type Program = {
  readonly name: string;
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly onLine?: (line: string) => void;
};

/** The programs of one demo: started each in its own process group, watched, and all ended together. */
export type Processes = {
  readonly start: (program: Program) => void;
  /** Aborts, with a `DemoError` as its reason, as soon as a program ends that nobody asked to end. */
  readonly trouble: AbortSignal;
  /** The last lines that each program said, for a person who must find out what went wrong. */
  readonly lastWords: (lines: number) => readonly string[];
  /** Ends everything, the last one first, and returns when it is gone. */
  readonly stop: () => Promise<void>;
};

type DemoProcess = { readonly program: Program; readonly child: ChildProcess; readonly said: string[] };

const keptLines = 200;
const graceMs = 8_000;

/** Makes an empty set of programs. Should this process end without `stop`, the groups are killed on its way out. */
export function createProcesses(): Processes {
  const running: DemoProcess[] = [];
  const trouble = new AbortController();
  let isStopping = false;
  const killAll = () => {
    for (const { child } of running) signalGroup(child, 'SIGKILL');
  };
  // Someone who presses Ctrl-C again while all is being ended does not want to wait.
  const hurry = () => {
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
    lastWords: (lines) => running.flatMap(({ program, said }) => said.slice(-lines).map((line) => `${program.name}: ${line}`)),
    async stop() {
      isStopping = true;
      process.on('SIGINT', hurry);
      for (const { child } of running.toReversed()) await end(child);
      process.off('SIGINT', hurry);
      process.off('exit', killAll);
    },
  };
}

function launch(program: Program): DemoProcess {
  const [command, ...args] = program.argv;
  // The shop and its load end when their standard input does, so they do not outlive this process even if it is killed.
  const child = spawn(command, args, { cwd: program.cwd, env: program.env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
  const said: string[] = [];
  const keep = (line: string) => {
    said.push(line);
    if (said.length > keptLines) said.shift();
  };
  createInterface({ input: child.stdout }).on('line', (line) => {
    keep(line);
    program.onLine?.(line);
  });
  createInterface({ input: child.stderr }).on('line', keep);
  return { program, child, said };
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
  // Whatever the program itself had started and left behind.
  signalGroup(child, 'SIGKILL');
}

// A group that is gone already is what we want.
function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {}
}
