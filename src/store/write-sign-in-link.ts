import { join, resolve } from 'node:path';
import { AppError } from '../core/base/errors.ts';
import type { Secret } from '../core/base/secret.ts';
import type { SignInLink } from '../ports/session-store.ts';
import { readNow } from './clock.ts';
import { openPool } from './database.ts';
import { type Endpoint, parseDatabaseUrl } from './endpoint.ts';
import { onDatabase } from './failures.ts';
import { findPoolMode } from './pool-mode.ts';
import { findRunningCluster } from './running-cluster.ts';
import { addSignInLink } from './sessions.ts';

/** The database of a server that runs. `databaseUrl: null`: the embedded one in `dataDir`. */
export type RunningDatabase = { readonly databaseUrl: Secret | null; readonly dataDir: string };

/** Writes a link into the database of a running server, next to the server. Throws `AppError('unavailable')`. */
export async function writeSignInLink(
  database: RunningDatabase,
  { sha256, by, lifeMs }: Pick<SignInLink, 'sha256' | 'by'> & { readonly lifeMs: number },
): Promise<void> {
  const endpoint = await endpointOf(database);
  const { db, close } = openPool({ ...endpoint, poolMode: await findPoolMode(endpoint) }, { max: 1 });
  try {
    await onDatabase('add sign-in link', async () => {
      const at = await readNow(db);
      await addSignInLink(db, { sha256, by, at, expiresAt: at + lifeMs });
    });
  } finally {
    await close();
  }
}

async function endpointOf({ databaseUrl, dataDir }: RunningDatabase): Promise<Endpoint> {
  if (databaseUrl !== null) return parseDatabaseUrl(databaseUrl.reveal());
  const endpoint = await findRunningCluster(join(resolve(dataDir), 'postgres'));
  if (endpoint === null) throw new AppError('unavailable', `no server runs on the database in ${dataDir}; start it first`);
  return endpoint;
}
