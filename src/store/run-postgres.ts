import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { AppError } from '../core/errors.ts';

/** How programs of PostgreSQL are started here: `PATH` names where the system's own helpers are. */
export type Surroundings = { readonly path: string };

/** A started program. `ended` resolves with how it ended; `said` is the end of what it printed. */
export type Running = { readonly child: ChildProcess; readonly ended: Promise<string>; readonly said: () => string };

const mostSaid = 4_000;

/**
 * Starts a program of PostgreSQL in a process group of its own, so that a Ctrl-C meant for us does not end it first. On Linux it is told to
 * stop when this process dies, however that happens. PostgreSQL refuses to run as root; there it gets a user namespace in which it is not.
 */
export function run(program: string, args: readonly string[], options: { readonly dies: boolean } & Surroundings): Running {
  const [command = program, ...rest] = [...prefix(options), program, ...args];
  const env = { PATH: options.path, LC_ALL: 'C', TZ: 'UTC' };
  const child = spawn(command, rest, { detached: true, stdio: ['ignore', 'pipe', 'pipe'], env });
  let text = '';
  const keep = (chunk: Buffer) => {
    text = (text + chunk.toString('utf8')).slice(-mostSaid);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(signal === null ? `exit code ${code}` : signal));
  });
  return { child, ended, said: () => text.trim() };
}

function prefix({ dies, path }: { readonly dies: boolean } & Surroundings): readonly string[] {
  if (process.platform !== 'linux') return [];
  const asOther = process.getuid?.() === 0 ? [need('unshare', path), '--user', '--map-user=1000', '--map-group=1000', '--'] : [];
  const setpriv = dies ? which('setpriv', path) : null;
  return setpriv === null ? asOther : [...asOther, setpriv, '--pdeathsig', 'INT', '--'];
}

function need(tool: string, path: string): string {
  const found = which(tool, path);
  if (found !== null) return found;
  throw new AppError(
    'unavailable',
    `PostgreSQL cannot run as root, and ${tool} is not there to change that; run as another user, or set DATABASE_URL`,
  );
}

function which(tool: string, path: string): string | null {
  const places = [...path.split(delimiter), '/usr/bin', '/bin'];
  return places.map((place) => join(place, tool)).find((file) => existsSync(file)) ?? null;
}
