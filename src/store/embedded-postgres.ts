import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Log } from '../core/base/log.ts';
import { clusterUser, prepareCluster } from './cluster.ts';
import { openPool } from './database.ts';
import { lockDirectory } from './directory-lock.ts';
import { sql } from './drizzle.ts';
import type { Endpoint } from './endpoint.ts';
import { codeOf, explainUnwritable } from './file-failures.ts';
import { findPostgres } from './postgres-binaries.ts';
import { type Cluster, clearLeftovers, launch, makeSocketDir, removeSocketDir, shutDown } from './postmaster.ts';
import type { PostgresProcess, Surroundings } from './run-postgres.ts';

export type EmbeddedOptions = {
  readonly dataDir: string;
  readonly log: Log;
  /** The `PATH` on which helper programs of the system are searched; the standard folders are always searched. */
  readonly path?: string;
  /** Settings that override the defaults, such as `fsync: 'off'` for tests. */
  readonly settings?: Readonly<Record<string, string>>;
};

/** A running server. `url` works with libpq too; `stop` ends the server and unlocks the data directory. */
export type EmbeddedPostgres = {
  readonly endpoint: Endpoint;
  readonly url: string;
  readonly pid: () => number;
  readonly stop: () => Promise<void>;
};

/** Small memory and few processes. Durable: fsync is on by default. */
const settings = {
  shared_buffers: '32MB',
  max_wal_size: '1GB',
  jit: 'off',
  io_method: 'sync',
  max_parallel_workers_per_gather: '0',
  timezone: 'UTC',
};
/** The database of Bakewatch in the embedded cluster. */
export const databaseName = 'bakewatch';

/**
 * Starts a PostgreSQL as a child process on a private socket. Only one process can use a data directory: a second one is refused, and the lock of a killed
 * one is taken over. The server ends with this process; if it ends alone, it is restarted.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const dataDir = resolve(options.dataDir);
  const binaries = findPostgres();
  const surroundings: Surroundings = { path: options.path ?? '' };
  const closers: (() => void | Promise<void>)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    closers.push(await lockDirectory(dataDir));
    const directory = await prepareCluster(dataDir, binaries, surroundings);
    await clearLeftovers(directory);
    const socketDir = makeSocketDir(dataDir);
    closers.push(() => removeSocketDir(socketDir));
    const cluster = { program: binaries.postgres, directory, socketDir, settings: { ...settings, ...options.settings } };
    const server = await keepRunning(cluster, surroundings, options.log);
    closers.push(server.stop);
    const endpoint: Endpoint = {
      host: socketDir,
      port: 5432,
      user: clusterUser,
      password: '',
      database: databaseName,
      tls: false,
      poolMode: 'direct',
    };
    await createDatabase(endpoint);
    const url = `postgres://${clusterUser}@localhost/${databaseName}?host=${encodeURIComponent(socketDir)}`;
    return { endpoint, url, pid: server.pid, stop: close };
  } catch (error) {
    await close();
    throw explain(error, dataDir);
  }
}

// The problem that the operator must solve, in a sentence instead of a stack trace.
function explain(error: unknown, dataDir: string): unknown {
  // A missing file means something else than a folder that cannot be made, as on a read-only disk.
  const isOther = codeOf(error) === 'ENOENT' && !/ mkdir /.test(error instanceof Error ? error.message : '');
  return isOther ? error : explainUnwritable(error, { what: `the data directory ${dataDir}`, path: dataDir });
}

const minPauseMs = 100;
const maxPauseMs = 30_000;
/** After this time a server counts as steady, and the next pause is short again. */
const steadyMs = 10_000;

// A server that ends unexpectedly (the system was out of memory, for example) is restarted with growing pauses.
async function keepRunning(cluster: Cluster, surroundings: Surroundings, log: Log) {
  let server = await launch(cluster, surroundings);
  let isStopping = false;
  let pauseMs = minPauseMs;
  let startedAt = performance.now();
  const persist = async () => {
    if (performance.now() - startedAt > steadyMs) pauseMs = minPauseMs;
    for (;;) {
      await setTimeout(pauseMs);
      pauseMs = Math.min(pauseMs * 2, maxPauseMs);
      if (isStopping) return null;
      try {
        const next = await relaunch(cluster, surroundings);
        if (!isStopping) return next;
        await shutDown(next);
        return null;
      } catch (error) {
        log.error({ err: error, pauseMs }, 'embedded PostgreSQL did not restart; will retry');
      }
    }
  };
  const watch = async () => {
    for (;;) {
      const outcome = await server.ended;
      if (isStopping) return;
      log.error({ outcome, said: server.output().slice(-500) }, 'embedded PostgreSQL ended; restarting it');
      const next = await persist();
      if (next === null) return;
      server = next;
      startedAt = performance.now();
    }
  };
  const watching = watch();
  return {
    pid: () => server.child.pid ?? 0,
    stop: async () => {
      isStopping = true;
      await shutDown(server);
      await watching;
    },
  };
}

async function relaunch(cluster: Cluster, surroundings: Surroundings): Promise<PostgresProcess> {
  await clearLeftovers(cluster.directory);
  return launch(cluster, surroundings);
}

async function createDatabase(endpoint: Endpoint): Promise<void> {
  const { db, close } = openPool({ ...endpoint, database: 'postgres' }, { max: 1 });
  try {
    const { rows } = await db.execute(sql`select 1 from pg_database where datname = ${endpoint.database}`);
    if (rows.length === 0) await db.execute(sql`create database ${sql.identifier(endpoint.database)}`);
  } finally {
    await close();
  }
}
