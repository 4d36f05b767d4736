import type { Client } from 'pg';
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
    const clients: Client[] = [];
    try {
      const mode = endpoint.poolMode ?? (await detect(endpoint, clients));
      if (mode === 'transaction') await assertTransactions(endpoint, clients);
      return mode;
    } finally {
      await Promise.allSettled(clients.map((client) => client.end()));
    }
  });
}

async function detect(endpoint: Endpoint, clients: Client[]): Promise<PoolMode> {
  const sessions: number[] = [];
  for (const i of order) {
    const client = clients[i] ?? (await connect(endpoint, clients));
    const session = await sessionOf(client);
    // What PostgreSQL sent at the start of the session. Not in the types of the driver.
    if (Reflect.get(client, 'processID') === session) return 'direct';
    if ((sessions[i] ?? session) !== session) return 'transaction';
    sessions[i] = session;
    if (new Set(sessions).size < sessions.length) return 'transaction';
  }
  return 'session';
}

async function connect(endpoint: Endpoint, clients: Client[]): Promise<Client> {
  const { onConnect: _, ...options } = connectionOptions(endpoint, null);
  const client = new pg.Client({ ...options, query_timeout: maxMs, connectionTimeoutMillis: maxMs });
  client.on('error', () => {});
  clients.push(client);
  await client.connect();
  return client;
}

async function sessionOf(client: Client): Promise<number> {
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
async function assertTransactions(endpoint: Endpoint, clients: Client[]): Promise<void> {
  const client = clients[0] ?? (await connect(endpoint, clients));
  try {
    await client.query('begin');
    await client.query('rollback');
  } catch (error) {
    if (!(error instanceof Error) || !/statement pooling/.test(error.message)) throw error;
    const what = 'the pooler in front of the database refuses transactions (pool_mode = statement)';
    throw new AppError('invalid', `${what}; set its pool_mode to transaction or session`, { cause: error });
  }
}
