import { readFileSync } from 'node:fs';
import postgres from 'postgres';
import { AppError } from '../core/base/errors.ts';
import { drizzle, type PostgresJsDatabase } from './drizzle.ts';

/** The address of a PostgreSQL, with the options that both drivers (postgres.js, and pg of pg-boss) have in common. */
export type Endpoint = {
  /** A host name, or the directory of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly tls: false | { readonly rejectUnauthorized: boolean; readonly ca?: string };
};

/** A connection pool, or a transaction of one. */
export type Database = PostgresJsDatabase<Record<string, never>>;

export type Pool = { readonly db: Database; readonly close: () => Promise<void> };

/** Parses `postgres://user:password@host:port/database?sslmode=…`; `?host=/directory` names a Unix socket, as in libpq. No error contains the URL. */
export function parseDatabaseUrl(text: string): Endpoint {
  const url = URL.parse(text);
  if (!url || !/^postgres(ql)?:$/.test(url.protocol)) {
    throw new AppError('invalid', 'the database URL is not valid; write postgres://user:password@host:5432/database');
  }
  const database = decodeURIComponent(url.pathname.slice(1));
  return {
    host: url.searchParams.get('host') ?? decodeURIComponent(url.hostname.replace(/^\[|\]$/g, '')),
    port: Number(url.port || '5432'),
    user: decodeURIComponent(url.username) || 'postgres',
    password: decodeURIComponent(url.password),
    database: database || decodeURIComponent(url.username) || 'postgres',
    tls: parseTls(url.searchParams),
  };
}

function parseTls(params: URLSearchParams): Endpoint['tls'] {
  const mode = params.get('sslmode') ?? 'disable';
  if (mode === 'disable') return false;
  if (mode === 'require' || mode === 'no-verify') return { rejectUnauthorized: false };
  if (mode !== 'verify-ca' && mode !== 'verify-full') {
    throw new AppError('invalid', `the database URL's sslmode "${mode}" is not supported; use disable, require or verify-full`);
  }
  const file = params.get('sslrootcert');
  return { rejectUnauthorized: true, ...(file && file !== 'system' && { ca: readFileSync(file, 'utf8') }) };
}

/** Opens a pool of at most `max` connections. The first query opens the first connection. */
export function openPool(endpoint: Endpoint, max: number): Pool {
  const client = postgres({
    host: endpoint.host,
    port: endpoint.port,
    user: endpoint.user,
    password: endpoint.password,
    database: endpoint.database,
    ssl: endpoint.tls,
    max,
    connect_timeout: 10,
    // Reconnects within half a second once the database is back; while it is away, queries fail as fast.
    backoff: () => 0.2 + Math.random() * 0.3,
    onnotice: () => {},
    // A replica whose machine is lost during a transaction must not keep rows locked for hours.
    connection: { application_name: 'bakewatch', idle_in_transaction_session_timeout: 30_000 },
  });
  return { db: drizzle(client), close: () => client.end({ timeout: 5 }) };
}
