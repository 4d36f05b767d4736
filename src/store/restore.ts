import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createGunzip } from 'node:zlib';
import { AppError } from '../core/base/errors.ts';
import { thisPlatform } from './backup.ts';
import { type BackupFile, type BackupManifest, readBackupFile } from './backup-file.ts';
import { openPool } from './database.ts';
import { lockDirectory } from './directory-lock.ts';
import { sql } from './drizzle.ts';
import { type EmbeddedOptions, startEmbeddedPostgres } from './embedded-postgres.ts';
import type { Endpoint } from './endpoint.ts';
import { onDatabase } from './failures.ts';
import { explainUnwritable } from './file-failures.ts';
import { setFreeze } from './freezes.ts';
import { migrationsFolder } from './migrate.ts';
import { knownMigrations } from './migration-state.ts';
import { findPostgres } from './postgres-binaries.ts';
import { unpackTar } from './unpack-tar.ts';

export type RestoreOptions = EmbeddedOptions & {
  readonly file: string;
  /** Keeps a database that is there under another name, instead of refusing. */
  readonly force: boolean;
  /** Who freezes all services in the restored database; `null`: nobody. */
  readonly freezeBy: string | null;
  readonly at: number;
};

/** A finished restore. `kept`: where the database that was there lies now. `live`: how many bakes go on with the next start. */
export type RestoreOutcome = { readonly manifest: BackupManifest; readonly kept: string | null; readonly live: number };

const unfinished = 'restore-';

/**
 * Restores a backup into a data directory. PostgreSQL starts on the files before they get their place, so that what cannot work changes nothing. Throws
 * `AppError`: `invalid` for a file that cannot be restored here, `conflict` for a directory that is in use or has a database.
 */
export async function restore(options: RestoreOptions): Promise<RestoreOutcome> {
  const backup = await readBackupFile(options.file);
  assertFits(options.file, backup.manifest);
  const dataDir = resolve(options.dataDir);
  const closers: (() => void)[] = [];
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    closers.push(await lockDirectory(dataDir));
    const place = join(dataDir, 'postgres');
    if (existsSync(place) && !options.force) {
      const hint = 'choose another directory, or give --force, which keeps that database under another name';
      throw new AppError('conflict', `the data directory ${options.dataDir} already has a database; ${hint}`);
    }
    for (const name of readdirSync(dataDir)) if (name.startsWith(unfinished)) rmSync(join(dataDir, name), { recursive: true });
    const aside = join(dataDir, `${unfinished}${randomUUID()}`);
    closers.push(() => rmSync(aside, { recursive: true, force: true }));
    const live = await prepare(backup, aside, options);
    const kept = existsSync(place) ? `${place}.before-restore-${new Date(options.at).toISOString().replaceAll(/[:.]/g, '-')}` : null;
    if (kept !== null) renameSync(place, kept);
    renameSync(join(aside, 'postgres'), place);
    return { manifest: backup.manifest, kept, live };
  } catch (error) {
    throw explainUnwritable(error, { what: `the data directory ${options.dataDir}`, path: dataDir });
  } finally {
    for (const close of closers.reverse()) close();
  }
}

function assertFits(file: string, { bakewatch, postgres, platform, migration }: BackupManifest): void {
  const { major } = findPostgres();
  const newest = knownMigrations(migrationsFolder).at(-1)?.when ?? 0;
  const what = `the backup ${file} was made by Bakewatch ${bakewatch}`;
  if (migration !== null && migration > newest)
    throw new AppError('invalid', `${what}, whose database is newer than this version knows; restore it with that version`);
  if (postgres !== major)
    throw new AppError('invalid', `${what} with PostgreSQL ${postgres}, and this version contains ${major}; restore it with that version`);
  if (platform !== thisPlatform)
    throw new AppError('invalid', `${what} on ${platform}, and this machine is ${thisPlatform}; restore it on the same kind of machine`);
}

// PostgreSQL recovers to the moment at which the backup ended, and writes all files through to the disk, because the backup was taken from a running server.
async function prepare(backup: BackupFile, aside: string, { log, path, settings, freezeBy, at }: RestoreOptions): Promise<number> {
  const cluster = join(aside, 'postgres');
  mkdirSync(cluster, { recursive: true, mode: 0o700 });
  await unpackTar(backup.archive().pipe(createGunzip()), cluster);
  const server = await startEmbeddedPostgres({ dataDir: aside, log, ...(path && { path }), ...(settings && { settings }) });
  try {
    return await onDatabase('restore', () => finish(server.endpoint, { freezeBy, at }));
  } finally {
    await server.stop();
  }
}

async function finish(endpoint: Endpoint, { freezeBy, at }: Pick<RestoreOptions, 'freezeBy' | 'at'>): Promise<number> {
  const { transaction, close } = openPool(endpoint, { max: 1 });
  try {
    return await transaction(async (tx) => {
      const { rows: tables } = await tx.execute(sql`select to_regclass('bakewatch.bakes') is not null as "exists"`);
      if (tables[0]?.exists !== true) return 0;
      if (freezeBy !== null)
        await setFreeze(tx, { service: null, by: freezeBy, why: 'restored from a backup', since: at }, { queue: async () => undefined });
      const { rows } = await tx.execute(sql`select count(*) as live from bakewatch.bakes where next_at is not null`);
      return Number(rows[0]?.live);
    });
  } finally {
    await close();
  }
}
