import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../core/base/errors.ts';
import { clusterUser } from './cluster.ts';
import { openPool } from './database.ts';
import { sql } from './drizzle.ts';
import { databaseName } from './embedded-postgres.ts';
import type { Endpoint } from './endpoint.ts';
import { onDatabase } from './failures.ts';

type DirectEndpoint = Endpoint & { readonly poolMode: 'direct' };

/**
 * Finds the PostgreSQL that another process runs on an embedded cluster; `null` where none listens. Throws `AppError('unavailable')` where it is there
 * and cannot be used.
 */
export async function findRunningCluster(cluster: string): Promise<DirectEndpoint | null> {
  const endpoint = endpointOf(cluster);
  return endpoint !== null && (await isListening(endpoint)) ? endpoint : null;
}

// The fifth line of the pid file is the directory of the socket.
function endpointOf(cluster: string): DirectEndpoint | null {
  const host = readPidFile(join(cluster, 'postmaster.pid'))?.split('\n')[4]?.trim();
  if (!host || !existsSync(host)) return null;
  return { host, port: 5432, user: clusterUser, password: '', database: databaseName, tls: false, poolMode: 'direct' };
}

function readPidFile(file: string): string | null {
  try {
    return existsSync(file) ? readFileSync(file, 'utf8') : null;
  } catch (error) {
    throw new AppError('unavailable', `${file} cannot be read; run the command as the user of the server`, { cause: error });
  }
}

// A socket that a killed server left refuses connections.
async function isListening(endpoint: Endpoint): Promise<boolean> {
  const { db, close } = openPool(endpoint, { max: 1, statementMs: 5_000, connectMs: 5_000 });
  try {
    await onDatabase('connect', () => db.execute(sql`select 1`));
    return true;
  } catch (error) {
    if (error instanceof AppError && /connection refused|no socket/.test(error.message)) return false;
    throw error;
  } finally {
    await close();
  }
}
