import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { AppError } from '../core/base/errors.ts';
import { Secret } from '../core/base/secret.ts';
import type { DeployCatalog } from '../ports/deploy-catalog.ts';
import { readNow } from './clock.ts';
import { openPool } from './database.ts';
import { sql } from './drizzle.ts';
import { type Endpoint, type PoolMode, parseDatabaseUrl } from './endpoint.ts';
import { onDatabase } from './failures.ts';
import { readKnownGood } from './known-good.ts';
import { migrationsFolder } from './migrate.ts';
import { knownMigrations, type MigrationState, readMigrationState } from './migration-state.ts';
import { findPoolMode } from './pool-mode.ts';
import { findRunningCluster } from './running-cluster.ts';

/** How the connection is protected. `local`: it does not leave the machine. `unverified`: anybody in between could pretend to be the server. */
export type Encryption = 'local' | 'none' | 'unverified' | 'verified';

/** A database that answers. Nothing here changes it; each question has a limit of a few seconds. Throws `AppError('unavailable')`. */
export type DatabaseInspection = {
  readonly isEmbedded: boolean;
  readonly version: string;
  readonly encryption: Encryption;
  /** Whether it can be written to: a standby cannot, and some users may not create a schema. */
  readonly isStandby: boolean;
  readonly canCreate: boolean;
  readonly findPoolMode: () => Promise<PoolMode>;
  readonly migrations: () => Promise<MigrationState>;
  readonly now: () => Promise<number>;
  readonly knownGood: DeployCatalog['knownGood'];
  readonly close: () => Promise<void>;
};

const limits = { max: 4, statementMs: 5_000, connectMs: 5_000 };

/** Connects to the database of a server, and starts nothing. `null`: the embedded one does not run. */
export async function openInspection(databaseUrl: Secret | string | null, dataDir: string): Promise<DatabaseInspection | null> {
  const endpoint =
    databaseUrl === null
      ? await findRunningCluster(join(resolve(dataDir), 'postgres'))
      : parseDatabaseUrl(databaseUrl instanceof Secret ? databaseUrl.reveal() : databaseUrl);
  if (endpoint === null) return null;
  const { db, close } = openPool(endpoint, limits);
  try {
    const facts = await onDatabase('connect', async () => {
      const { rows } = await db.execute(sql`
        select current_setting('server_version') as version, pg_is_in_recovery() as standby,
          has_database_privilege(current_database(), 'create') as creates`);
      return rows[0];
    });
    return {
      isEmbedded: databaseUrl === null,
      version: String(facts?.version).split(' ')[0] ?? '',
      encryption: encryptionOf(endpoint),
      isStandby: facts?.standby === true,
      canCreate: facts?.creates === true,
      findPoolMode: () => findPoolMode(endpoint),
      migrations: () => onDatabase('migrations', () => readMigrationState(db, knownMigrations(migrationsFolder))),
      now: () => onDatabase('now', () => readNow(db)),
      knownGood: (place, limit) => onDatabase('known good', () => readKnownGood(db, { ...place, except: null }, limit)),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function encryptionOf({ host, tls }: Endpoint): Encryption {
  if (tls !== false) return tls.rejectUnauthorized === true ? 'verified' : 'unverified';
  return host.startsWith('/') || /^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host) ? 'local' : 'none';
}

/** The PostgreSQL version that made the cluster of a data directory; `null`: it has none yet. Throws `AppError` where it cannot be read. */
export function clusterVersion(dataDir: string): number | null {
  const file = join(resolve(dataDir), 'postgres', 'PG_VERSION');
  try {
    return existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) : null;
  } catch (error) {
    throw new AppError('unavailable', `${file} cannot be read; run the command as the user of the server`, { cause: error });
  }
}
