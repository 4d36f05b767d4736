import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { AppError } from '../core/base/errors.ts';
import { type BackupManifest, writeBackupFile } from './backup-file.ts';
import { openBaseBackup } from './base-backup.ts';
import { openPool } from './database.ts';
import { type EmbeddedOptions, startEmbeddedPostgres } from './embedded-postgres.ts';
import type { Endpoint } from './endpoint.ts';
import { onDatabase } from './failures.ts';
import { migrationsFolder } from './migrate.ts';
import { knownMigrations, readMigrationState } from './migration-state.ts';
import { findRunningCluster } from './running-cluster.ts';

/** `version`: of this program. `at`: the time that the backup bears. */
export type BackupOptions = EmbeddedOptions & {
  readonly file: string;
  readonly version: string;
  readonly at: number;
  readonly signal: AbortSignal;
};

/** A finished backup. `isOnline`: a server was working on the database meanwhile. */
export type BackupOutcome = { readonly bytes: number; readonly isOnline: boolean; readonly manifest: BackupManifest };

/**
 * Writes a consistent backup of the embedded database into a new file, while the server works or while it is stopped. Throws `AppError` where there is no
 * database, the file exists or cannot be written, or the database cannot be read.
 */
export async function backUp(options: BackupOptions): Promise<BackupOutcome> {
  const { file, version, at, signal } = options;
  const cluster = join(resolve(options.dataDir), 'postgres');
  if (!existsSync(join(cluster, 'PG_VERSION')))
    throw new AppError('not_found', `the data directory ${options.dataDir} has no database, so there is nothing to back up`);
  const source = await reach(options, cluster);
  try {
    const manifest = {
      bakewatch: version,
      created_at: new Date(at).toISOString(),
      postgres: Number.parseInt(readFileSync(join(cluster, 'PG_VERSION'), 'utf8'), 10),
      platform: thisPlatform,
      migration: await lastMigration(source.endpoint),
    };
    const archive = await onDatabase('back up', () => openBaseBackup(source.endpoint));
    const gzip = createGzip();
    // Both fail with the error of the archive. Only the write reports it.
    const piped = pipeline(archive, gzip, { signal }).catch(() => {});
    const bytes = await writeBackupFile(file, manifest, gzip).catch(explain);
    await piped;
    return { bytes, isOnline: source.isOnline, manifest };
  } finally {
    await source.close();
  }
}

/** The machine, as far as it decides which data PostgreSQL can read. */
export const thisPlatform = `${process.platform}-${process.arch}`;

type BackupSource = { readonly endpoint: Endpoint; readonly isOnline: boolean; readonly close: () => Promise<void> };

/** The running PostgreSQL of a server, or one that is started for the backup. */
async function reach(options: BackupOptions, cluster: string): Promise<BackupSource> {
  const endpoint = await findRunningCluster(cluster);
  if (endpoint !== null) return { endpoint, isOnline: true, close: async () => {} };
  const server = await startEmbeddedPostgres(options);
  return { endpoint: server.endpoint, isOnline: false, close: server.stop };
}

async function lastMigration(endpoint: Endpoint): Promise<number | null> {
  const { db, close } = openPool(endpoint, { max: 1 });
  try {
    return (await onDatabase('back up', () => readMigrationState(db, knownMigrations(migrationsFolder)))).last;
  } finally {
    await close();
  }
}

function explain(error: unknown): never {
  if (error instanceof AppError) throw error;
  const why = error instanceof Error ? error.message : String(error);
  const what = error instanceof Error && error.name === 'AbortError' ? 'the backup was interrupted' : `the backup failed: ${why}`;
  throw new AppError('unavailable', `${what}; no file was written`, { cause: error });
}
