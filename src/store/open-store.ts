import type { Log } from '../core/base/log.ts';
import { Secret } from '../core/base/secret.ts';
import type { Clock } from '../ports/clock.ts';
import type { EffectQueue } from '../ports/effect-queue.ts';
import type { Store } from '../ports/store.ts';
import { openPool } from './database.ts';
import { createEffectQueue } from './effect-queue.ts';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import { type Endpoint, type PoolMode, parseDatabaseUrl } from './endpoint.ts';
import { migrate } from './migrate.ts';
import { createPinger } from './ping.ts';
import { findPoolMode } from './pool-mode.ts';
import { createStore } from './postgres-store.ts';
import { compactRows, plainRows } from './row-form.ts';

export type OpenStoreOptions = {
  /** The PostgreSQL of the operator; `null` starts the embedded one in `dataDir`. */
  readonly databaseUrl: Secret | string | null;
  /** Whether rows are written in half of the bytes, which a server of version 0.1 cannot read. Default: with the embedded database, which has one server. */
  readonly isCompact?: boolean;
  readonly dataDir: string;
  readonly log: Log;
  readonly clock: Clock;
  /** The `PATH` on which helper programs of the embedded server are searched. */
  readonly path?: string;
};

/** The storage of one process. Stop the queue before you call `close`. */
export type OpenStore = { readonly store: Store; readonly queue: EffectQueue; readonly close: () => Promise<void> };

/** A pooler in session mode lends a session to each connection: by default 20 in all. */
const poolSizes: Readonly<Record<PoolMode, number>> = { direct: 16, session: 10, transaction: 16 };
/** A rollback mostly waits: for its hook, or for an attempt of a server that is gone. When much fails at once, none should wait for another's hook. */
const atOnce = { roll_back: 256, shift: 64, notify: 48, announce: 4, digest: 4, remember_running: 4, look_around: 4 } as const;

/** Starts or connects to PostgreSQL, migrates the schema, and opens store and queue. If a step fails, everything opened before is closed. */
export async function openStore(options: OpenStoreOptions): Promise<OpenStore> {
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const endpoint = await reachDatabase(options, closers);
    await migrate(endpoint);
    const pool = openPool(endpoint, { max: poolSizes[endpoint.poolMode] });
    closers.push(pool.close);
    const pinger = createPinger(endpoint);
    closers.push(pinger.close);
    const queue = createEffectQueue({ endpoint, db: pool.db, clock: options.clock, log: options.log }, { atOnce });
    closers.push(queue.close);
    await queue.open();
    const rows = (options.isCompact ?? options.databaseUrl === null) ? compactRows : plainRows;
    return { store: createStore({ pool, queueEffects: queue.enqueue, ping: pinger.ping, rows }), queue, close };
  } catch (error) {
    await close();
    throw error;
  }
}

type OpenEndpoint = Endpoint & { readonly poolMode: PoolMode };

async function reachDatabase(options: OpenStoreOptions, closers: (() => Promise<void>)[]): Promise<OpenEndpoint> {
  const { databaseUrl, dataDir, log, path } = options;
  if (databaseUrl !== null) {
    const endpoint = parseDatabaseUrl(databaseUrl instanceof Secret ? databaseUrl.reveal() : databaseUrl);
    const poolMode = await findPoolMode(endpoint);
    if (poolMode !== 'direct') log.info({ poolMode }, 'a pooler is in front of the database');
    return { ...endpoint, poolMode };
  }
  const server = await startEmbeddedPostgres({ dataDir, log, ...(path !== undefined && { path }) });
  closers.push(server.stop);
  return { ...server.endpoint, poolMode: 'direct' };
}
