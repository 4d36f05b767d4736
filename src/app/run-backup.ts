import type { BackupCommandOptions, BackupSummary, RestoreCommandOptions, RestoreSummary } from '../cli/backup-command.ts';
import { AppError } from '../core/base/errors.ts';
import { loadConfig } from '../rules/load-config.ts';
import { backUp } from '../store/backup.ts';
import { restore } from '../store/restore.ts';
import { createLog } from '../telemetry/log.ts';
import { plugins } from './plugins.ts';
import type { ServeInput } from './serve.ts';

type BackupContext = Omit<ServeInput, 'file'> & { readonly now: () => number };

/** Backs up the embedded database into a file. Throws `ConfigError` and `AppError`. */
export async function runBackup(
  options: BackupCommandOptions,
  context: BackupContext & { readonly version: string; readonly signal: AbortSignal },
): Promise<BackupSummary> {
  const { file } = options;
  const { now, version, signal } = context;
  const site = siteOf(options, context, 'pg_dump -Fc');
  const { bytes, isOnline, manifest } = await backUp({ ...site, file, version, at: now(), signal });
  return { file, dataDir: site.dataDir, bytes, isOnline, createdAt: manifest.created_at };
}

/** Restores a backup into the data directory. Throws `ConfigError` and `AppError`. */
export async function runRestore(options: RestoreCommandOptions, context: BackupContext): Promise<RestoreSummary> {
  const { file, force, freeze } = options;
  const site = siteOf(options, context, 'pg_restore');
  const { manifest, kept, live } = await restore({ ...site, file, force, freezeBy: freeze ? 'restore' : null, at: context.now() });
  return { file, dataDir: site.dataDir, createdAt: manifest.created_at, bakewatch: manifest.bakewatch, kept, live, isFrozen: freeze };
}

// With a data directory by name, the config and its secrets are not needed: a backup job has other rights than the server.
function siteOf({ config: file, dataDir }: Pick<BackupCommandOptions, 'config' | 'dataDir'>, context: BackupContext, program: string) {
  const { env } = context;
  const log = createLog(env.logLevel === 'info' ? 'error' : env.logLevel);
  const path = env.all.PATH === undefined ? {} : { path: env.all.PATH };
  if (dataDir !== null) return { dataDir, log, ...path };
  const { config } = loadConfig({ file, env: env.all, readFile: context.readFile, listFiles: context.listFiles, plugins });
  if (env.databaseUrl !== null || config.database.url !== null) {
    const where = env.databaseUrl === null ? 'database.url in the config' : 'DATABASE_URL';
    const what = `the database is a PostgreSQL of your own (${where}), and this command is for the embedded one`;
    throw new AppError('conflict', `${what}; use ${program}`);
  }
  return { dataDir: config.dataDir, log, ...path };
}
