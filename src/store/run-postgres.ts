import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { AppError } from '../core/base/errors.ts';

/** How programs of PostgreSQL are started here: `PATH` names where the system's own helpers are. */
export type Surroundings = { readonly path: string };

/** A started program. `ended` resolves with how it ended; `said` is the end of what it printed. */
export type PostgresProcess = { readonly child: ChildProcess; readonly ended: Promise<string>; readonly said: () => string };

const mostSaid = 4_000;

/**
 * Starts a program of PostgreSQL in a process group of its own, so that a Ctrl-C meant for us does not end it first. On Linux it is told to
 * stop when this process dies, however that happens. PostgreSQL refuses to run as root; there it gets a user namespace in which it is not.
 */
export function run(program: string, args: readonly string[], options: { readonly dies: boolean } & Surroundings): PostgresProcess {
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
  const uid = process.getuid?.() ?? 0;
  const asOther = uid === 0 || !namedUsers().includes(uid) ? becomeNamed(path) : [];
  const setpriv = dies ? which('setpriv', path) : null;
  return setpriv === null ? asOther : [...asOther, setpriv, '--pdeathsig', 'INT', '--'];
}

// PostgreSQL refuses root, and initdb a user without a name (a container's arbitrary uid): both get a name in a namespace of their own.
function becomeNamed(path: string): readonly string[] {
  const unshare = which('unshare', path);
  const user = namedUsers().find((uid) => uid !== 0);
  if (unshare !== null && user !== undefined) return [unshare, '--user', `--map-user=${user}`, `--map-group=${user}`, '--'];
  throw new AppError('unavailable', `PostgreSQL cannot run as this user, and unshare is not there to change that; ${otherUser}`);
}

/** What to do where PostgreSQL does not accept the user. */
export const otherUser = 'run as an ordinary user with an entry in /etc/passwd, or set DATABASE_URL';

function namedUsers(): readonly number[] {
  const lines = existsSync('/etc/passwd') ? readFileSync('/etc/passwd', 'utf8').split('\n') : [];
  return lines.map((line) => Number(line.split(':')[2])).filter((uid) => Number.isInteger(uid));
}

function which(tool: string, path: string): string | null {
  const places = [...path.split(delimiter), '/usr/bin', '/bin'];
  return places.map((place) => join(place, tool)).find((file) => existsSync(file)) ?? null;
}
