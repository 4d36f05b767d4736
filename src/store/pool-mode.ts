import type { PoolClient, Pool as RawPool } from 'pg';
import { AppError } from '../core/base/errors.ts';
import { connectionOptions } from './database.ts';
import { pg } from './drizzle.ts';
import type { Endpoint, PoolMode } from './endpoint.ts';
import { onDatabase } from './failures.ts';

/** Irregular, so that a pooler that goes around its sessions cannot give each connection the same one by chance. */
const order = [0, 0, 1, 1, 0, 2, 1, 2, 2, 0, 1, 0];
const maxMs = 5_000;

/**
 * Finds out how long a connection keeps its session, where the database URL does not say it. A pooler does not forward the id that PostgreSQL sends at
 * the start of a session. A connection whose session changes, or that shares one with another, has it for a transaction only.
 * Throws `AppError` where this server could not work.
 */
export async function findPoolMode(endpoint: Endpoint): Promise<PoolMode> {
  return await onDatabase('connect', async () => {
    const pool = openProbes(endpoint);
    const clients: PoolClient[] = [];
    try {
      const mode = endpoint.poolMode ?? (await detect(pool, clients));
      if (mode === 'transaction') await assertTransactions(pool, clients);
      return mode;
    } finally {
      for (const client of clients) client.release(true);
      await pool.end();
    }
  });
}

function openProbes(endpoint: Endpoint): RawPool {
  const { onConnect: _, ...options } = connectionOptions(endpoint, null);
  const pool = new pg.Pool({ ...options, query_timeout: maxMs, connectionTimeoutMillis: maxMs });
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

async function detect(pool: RawPool, clients: PoolClient[]): Promise<PoolMode> {
  const sessions: number[] = [];
  for (const i of order) {
    const client = clients[i] ?? (await connect(pool, clients));
    const session = await sessionOf(client);
    // What PostgreSQL sent at the start of the session. Not in the types of the driver.
    if (Reflect.get(client, 'processID') === session) return 'direct';
    if ((sessions[i] ?? session) !== session) return 'transaction';
    sessions[i] = session;
    if (new Set(sessions).size < sessions.length) return 'transaction';
  }
  return 'session';
}

async function connect(pool: RawPool, clients: PoolClient[]): Promise<PoolClient> {
  const client = await pool.connect();
  clients.push(client);
  return client;
}

async function sessionOf(client: PoolClient): Promise<number> {
  try {
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    return rows[0]?.pid ?? Number.NaN;
  } catch (error) {
    if (!(error instanceof Error) || !/timeout/.test(error.message)) throw error;
    const what = 'the database (or the pooler in front of it) gives no session';
    throw new AppError('unavailable', `${what} within ${maxMs / 1_000} s; allow more connections (in PgBouncer: default_pool_size)`, {
      cause: error,
    });
  }
}

// PgBouncer with pool_mode = statement refuses them, and accepts everything else.
async function assertTransactions(pool: RawPool, clients: PoolClient[]): Promise<void> {
  const client = clients[0] ?? (await connect(pool, clients));
  try {
    await client.query('begin');
    await client.query('rollback');
  } catch (error) {
    if (!(error instanceof Error) || !/statement pooling/.test(error.message)) throw error;
    const what = 'the pooler in front of the database refuses transactions (pool_mode = statement)';
    throw new AppError('invalid', `${what}; set its pool_mode to transaction or session`, { cause: error });
  }
}
