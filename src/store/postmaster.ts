import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { AppError } from '../core/base/errors.ts';
import { lastLine } from './cluster.ts';
import { isRunning } from './process-life.ts';
import { type PostgresProcess, run, type Surroundings } from './run-postgres.ts';

/** A cluster to start: its directory, and the settings for the command line. */
export type Cluster = {
  readonly program: string;
  readonly directory: string;
  readonly socketDir: string;
  readonly settings: Readonly<Record<string, string>>;
};

const socketPrefix = 'bakewatch-pg-';
/** Long, because a crash recovery can take minutes. */
const startTimeoutMs = 300_000;
const fastMs = 10_000;

/** Creates the directory of the socket: next to the cluster, or in a private short path where that one is too long for a socket (about 107 bytes). */
export function makeSocketDir(dataDir: string): string {
  const directory = join(dataDir, 'run');
  if (Buffer.byteLength(`${directory}/.s.PGSQL.5432`) > 100) return mkdtempSync(join(tmpdir(), socketPrefix));
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  return directory;
}

/** Removes a socket directory that `makeSocketDir` created outside the data directory. */
export function removeSocketDir(directory: string): void {
  if (basename(directory).startsWith(socketPrefix)) rmSync(directory, { recursive: true, force: true });
}

/**
 * Cleans up after an owner that was killed: waits for a postgres that is ending, stops one that is not, and removes the pid file of one that has ended
 * (also of a zombie, which PostgreSQL itself would consider alive). The caller holds the lock of the data directory.
 */
export async function clearLeftovers(directory: string): Promise<void> {
  const file = join(directory, 'postmaster.pid');
  const [pidLine, , , , socketDir] = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  const pid = Number.parseInt(pidLine ?? '', 10);
  const isLive = () => Number.isInteger(pid) && isRunning(pid, 'postgres', directory);
  for (const [signal, ms] of [
    [null, 1_000],
    ['SIGINT', fastMs],
    ['SIGQUIT', fastMs],
  ] as const) {
    if (isLive() && signal !== null) process.kill(pid, signal);
    for (let waited = 0; waited < ms && isLive(); waited += 20) await setTimeout(20);
  }
  if (isLive()) throw new AppError('conflict', `PostgreSQL process ${pid} still runs on ${directory} and does not stop; stop it by hand`);
  rmSync(file, { force: true });
  if (socketDir) {
    for (const name of ['.s.PGSQL.5432', '.s.PGSQL.5432.lock']) rmSync(join(socketDir, name), { force: true });
    removeSocketDir(socketDir);
  }
}

/** Starts the server and waits until it accepts connections. */
export async function launch(cluster: Cluster, surroundings: Surroundings): Promise<PostgresProcess> {
  for (let tries = 1; ; tries += 1) {
    const server = run(cluster.program, argumentsOf(cluster), { dies: true, ...surroundings });
    const outcome = await Promise.race([server.ended, untilReady(cluster, server)]);
    if (outcome === 'ready') return server;
    // The last processes of a killed server can hold its shared memory a moment longer.
    if (tries < 20 && /shared memory block|still in use/.test(server.output())) await setTimeout(250);
    else throw new AppError('unavailable', `the embedded PostgreSQL did not start (${outcome}): ${lastLine(server.output())}`);
  }
}

function argumentsOf({ directory, socketDir, settings }: Cluster): readonly string[] {
  const all = { ...settings, listen_addresses: '', unix_socket_directories: socketDir, unix_socket_permissions: '0700' };
  return ['-D', directory, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

// PostgreSQL writes its status into the eighth line of the pid file.
async function untilReady({ directory }: Cluster, { child }: PostgresProcess): Promise<string> {
  for (let waited = 0; waited < startTimeoutMs && child.exitCode === null && child.signalCode === null; waited += 10) {
    const [pid, , , , , , , status] = readLines(join(directory, 'postmaster.pid'));
    if (status?.trim() === 'ready' && Number(pid) === child.pid) return 'ready';
    await setTimeout(10);
  }
  child.kill('SIGINT');
  return 'not ready in time';
}

function readLines(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    return [];
  }
}

/** Fast shutdown: aborts open transactions and flushes everything. Immediate shutdown where that takes too long. */
export async function shutDown({ child, ended }: PostgresProcess): Promise<void> {
  child.kill('SIGINT');
  const isDown = await Promise.race([ended.then(() => true), setTimeout(fastMs, false, { ref: false })]);
  if (!isDown) child.kill('SIGQUIT');
  await ended;
}
