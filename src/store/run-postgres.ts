import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { AppError } from '../core/base/errors.ts';

/** The environment of the programs of PostgreSQL. `path`: where helper programs of the system are searched. */
export type Surroundings = { readonly path: string };

/** A started program. `ended` resolves with how it ended; `output` is the end of what it printed. */
export type PostgresProcess = { readonly child: ChildProcess; readonly ended: Promise<string>; readonly output: () => string };

const maxOutput = 4_000;

/**
 * Starts a program of PostgreSQL in a process group of its own, so that Ctrl-C does not end it before this process. On Linux it gets a signal when this
 * process dies, in whatever way. PostgreSQL refuses to run as root; under root it runs in a user namespace with another user.
 */
export function run(program: string, args: readonly string[], options: { readonly dies: boolean } & Surroundings): PostgresProcess {
  const [command = program, ...rest] = [...prefix(options), program, ...args];
  const env = { PATH: options.path, LC_ALL: 'C', TZ: 'UTC' };
  const child = spawn(command, rest, { detached: true, stdio: ['ignore', 'pipe', 'pipe'], env });
  let text = '';
  const keep = (chunk: Buffer) => {
    text = (text + chunk.toString('utf8')).slice(-maxOutput);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(signal === null ? `exit code ${code}` : signal));
  });
  return { child, ended, output: () => text.trim() };
}

function prefix({ dies, path }: { readonly dies: boolean } & Surroundings): readonly string[] {
  if (process.platform !== 'linux') return [];
  const uid = process.getuid?.() ?? 0;
  const asOtherUser = uid === 0 || !namedUsers().includes(uid) ? becomeNamed(path) : [];
  const setpriv = dies ? which('setpriv', path) : null;
  return setpriv === null ? asOtherUser : [...asOtherUser, setpriv, '--pdeathsig', 'INT', '--'];
}

// PostgreSQL refuses root, and initdb refuses a uid without a name (an arbitrary uid of a container). Both run as a named user in a user namespace.
function becomeNamed(path: string): readonly string[] {
  const unshare = which('unshare', path);
  const user = namedUsers().find((uid) => uid !== 0);
  if (unshare !== null && user !== undefined) return [unshare, '--user', `--map-user=${user}`, `--map-group=${user}`, '--'];
  throw new AppError(
    'unavailable',
    `PostgreSQL cannot run as this user, and the program unshare is not installed, which would change the user; ${otherUser}`,
  );
}

/** What to do where PostgreSQL refuses the user. */
export const otherUser = 'run as an ordinary user with an entry in /etc/passwd, or set DATABASE_URL';

function namedUsers(): readonly number[] {
  const lines = existsSync('/etc/passwd') ? readFileSync('/etc/passwd', 'utf8').split('\n') : [];
  return lines.map((line) => Number(line.split(':')[2])).filter((uid) => Number.isInteger(uid));
}

function which(tool: string, path: string): string | null {
  const places = [...path.split(delimiter), '/usr/bin', '/bin'];
  return places.map((place) => join(place, tool)).find((file) => existsSync(file)) ?? null;
}
