import type { ConnectionOptions } from 'node:tls';
import { AppError } from '../core/base/errors.ts';
import { readTls } from './tls.ts';

/**
 * How long a connection keeps its session of PostgreSQL. `direct`: no pooler is between. `session`: a pooler lends one until the connection closes.
 * `transaction`: a pooler lends one for each transaction, so that nothing of a session lasts: no settings, no prepared statements, no LISTEN.
 */
export type PoolMode = 'direct' | 'session' | 'transaction';

/** The address of a PostgreSQL, or of a pooler in front of it. */
export type Endpoint = {
  /** A host name, or the directory of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly tls: ConnectionOptions | false;
  /** `null`: it is detected at the start. */
  readonly poolMode: PoolMode | null;
};

/** A comma after user and password, which may have one, too. */
const severalHosts = /^postgres(?:ql)?:\/\/[^/?#]*,[^/?#@]*(?:[/?#]|$)/;

/** Parses `postgres://user:password@host:port/database?sslmode=…`; `?host=/directory` names a Unix socket, as in libpq. No error contains the URL. */
export function parseDatabaseUrl(text: string): Endpoint {
  const url = URL.parse(text);
  if (severalHosts.test(text) || url?.searchParams.get('host')?.includes(',')) {
    const what = 'the database URL names several hosts, between which the driver does not choose';
    throw new AppError('invalid', `${what}; name one address that leads to the primary, such as that of a pooler or a virtual IP`);
  }
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
    tls: readTls(url.searchParams),
    poolMode: readPoolMode(url.searchParams.get('pool_mode')),
  };
}

function readPoolMode(mode: string | null): PoolMode | null {
  if (mode === null || mode === 'direct' || mode === 'session' || mode === 'transaction') return mode;
  throw new AppError('invalid', `the database URL's pool_mode "${mode}" is not supported; use transaction, session or direct`);
}
