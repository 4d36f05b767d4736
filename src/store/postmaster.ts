import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { AppError } from '../core/base/errors.ts';
import { lastLine } from './cluster.ts';
import { isRunning } from './process-life.ts';
import { type PostgresProcess, run, type Surroundings } from './run-postgres.ts';

/** A cluster to run: its directory, and the settings given on the command line. */
export type Cluster = {
  readonly program: string;
  readonly directory: string;
  readonly socketDir: string;
  readonly settings: Readonly<Record<string, string>>;
};

const socketPrefix = 'bakewatch-pg-';
/** A crash recovery may take long; it shows progress by being alive. */
const startTimeoutMs = 300_000;
const fastMs = 10_000;

/** Where the socket goes: beside the cluster, or, where that path is too long for a socket (about 107 bytes), a private short directory. */
export function makeSocketDir(dataDir: string): string {
  const beside = join(dataDir, 'run');
  if (Buffer.byteLength(`${beside}/.s.PGSQL.5432`) > 100) return mkdtempSync(join(tmpdir(), socketPrefix));
  mkdirSync(beside, { recursive: true, mode: 0o700 });
  return beside;
}

/** Removes a socket directory that `makeSocketDir` made outside the data directory. */
export function removeSocketDir(directory: string): void {
  if (basename(directory).startsWith(socketPrefix)) rmSync(directory, { recursive: true, force: true });
}

/**
 * Clears what a killed owner left: waits for a postgres that is just ending, stops one that is not, and removes the pid file of one that is
 * gone (also of a zombie that nobody reaps, which PostgreSQL itself would take for alive). The caller holds the data directory's lock.
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
  if (isLive()) throw new AppError('conflict', `PostgreSQL process ${pid} still runs on ${directory} and does not stop; end it by hand`);
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
    // The last processes of a server that was killed may hold its shared memory for a moment longer.
    if (tries < 20 && /shared memory block|still in use/.test(server.said())) await setTimeout(250);
    else throw new AppError('unavailable', `the embedded PostgreSQL did not start (${outcome}): ${lastLine(server.said())}`);
  }
}

function argumentsOf({ directory, socketDir, settings }: Cluster): readonly string[] {
  const all = { ...settings, listen_addresses: '', unix_socket_directories: socketDir, unix_socket_permissions: '0700' };
  return ['-D', directory, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

// The eighth line of the pid file is PostgreSQL's own word on how far it is.
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

/** Fast shutdown (open transactions are rolled back, everything is flushed); an immediate one where that takes too long. */
export async function shutDown({ child, ended }: PostgresProcess): Promise<void> {
  child.kill('SIGINT');
  const isDown = await Promise.race([ended.then(() => true), setTimeout(fastMs, false, { ref: false })]);
  if (!isDown) child.kill('SIGQUIT');
  await ended;
}
