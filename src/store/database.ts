import type { ClientBase, PoolClient, QueryConfig, QueryResult, Pool as RawPool } from 'pg';
import { drizzle, type NodePgDatabase, pg } from './drizzle.ts';
import type { Endpoint } from './endpoint.ts';

/** What a statement needs of the driver: a pool, or one of its connections. */
type Driver = { query(statement: QueryConfig): Promise<QueryResult<Readonly<Record<string, unknown>>>> };

/** A connection pool, or a transaction of one. */
export type Database = NodePgDatabase & {
  readonly $client: Driver;
  /** Whether a connection keeps prepared statements; see `PoolMode`. */
  readonly keepsStatements: boolean;
};

export type Pool = {
  readonly db: Database;
  /** Commits what `work` did, or rolls it back where `work` throws. */
  readonly transaction: <T>(work: (tx: Database) => Promise<T>) => Promise<T>;
  readonly close: () => Promise<void>;
};

/** `statementMs`: after this time PostgreSQL cancels a statement; `null`: never. `connectMs`: how long a query waits for a connection. */
export type PoolOptions = { readonly max: number; readonly statementMs?: number | null; readonly connectMs?: number };

/** Longer than every statement of this project takes, in a large database too. */
const defaultStatementMs = 15_000;
/** A replica whose machine is lost during a transaction must not keep rows locked for hours. */
const idleInTransactionMs = 30_000;
/** A database that hangs cancels nothing. This long after it should have, the connection is closed. */
const graceMs = 5_000;

/** Opens a pool of at most `max` connections. The first query opens the first connection. */
export function openPool(endpoint: Endpoint, { max, statementMs = defaultStatementMs, connectMs = 10_000 }: PoolOptions): Pool {
  const pool = new pg.Pool({
    ...connectionOptions(endpoint, statementMs),
    max,
    connectionTimeoutMillis: connectMs,
    // Sends the statements of a transaction that do not wait for each other at once.
    pipeline: true,
  });
  // A connection that is lost fails its queries. Without listeners, its `error` event would end the process in addition.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  const keepsStatements = endpoint.poolMode !== 'transaction';
  const databases = new WeakMap<PoolClient, Database>();
  const databaseOf = (client: PoolClient): Database => {
    const database = databases.get(client) ?? Object.assign(drizzle(client), { keepsStatements });
    databases.set(client, database);
    return database;
  };
  const begin = keepsStatements ? 'begin' : `begin; ${setLimits('local', statementMs)}`;
  return {
    db: Object.assign(drizzle(pool), { keepsStatements }),
    transaction: (work) => transact(pool, begin, (client) => work(databaseOf(client))),
    close: () => pool.end(),
  };
}

/** The options of the driver for one connection, here and in pg-boss. */
export function connectionOptions(endpoint: Endpoint, statementMs: number | null) {
  const { host, port, user, password, database, tls, poolMode } = endpoint;
  // Not as parameters of the connection: PgBouncer refuses those that it does not know. A session that a pooler shares keeps its own settings.
  const limitSession = (client: ClientBase) => client.query(setLimits('session', statementMs));
  return {
    ...{ host, port, user, database, ssl: tls, application_name: 'bakewatch' },
    // As a function, so that the driver does not search elsewhere for a password where this one is empty.
    password: () => password,
    ...(statementMs !== null && { query_timeout: statementMs + graceMs }),
    ...(poolMode !== 'transaction' && { onConnect: limitSession }),
  };
}

function setLimits(scope: 'session' | 'local', statementMs: number | null): string {
  const limits = { statement_timeout: statementMs ?? 0, idle_in_transaction_session_timeout: idleInTransactionMs };
  return Object.entries(limits)
    .map(([name, ms]) => `set ${scope} ${name} = ${ms}`)
    .join('; ');
}

// Not drizzle's own `transaction`: where the connection is lost, that one hides the error behind the one of its rollback, or never gives the connection back.
async function transact<T>(pool: RawPool, begin: string, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let lost: Error | undefined;
  try {
    await client.query(begin);
    const result = await work(client);
    const { command } = await client.query('commit');
    if (command !== 'COMMIT') throw new Error(`a transaction could not be committed: PostgreSQL answered ${command}`);
    return result;
  } catch (error) {
    await client.query('rollback').catch((failure: unknown) => {
      lost = failure instanceof Error ? failure : new Error(String(failure));
    });
    throw error;
  } finally {
    client.release(lost);
  }
}
