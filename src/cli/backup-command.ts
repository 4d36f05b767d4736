import type { Command } from 'commander';
import type { CliDeps } from './deploy-command.ts';
import { note, say, sayJson } from './io.ts';

/** `dataDir`: the folder of the embedded database; `null`: as the config says. */
export type BackupCommandOptions = { readonly file: string; readonly config: string; readonly dataDir: string | null };
export type RestoreCommandOptions = BackupCommandOptions & { readonly force: boolean; readonly freeze: boolean };

/** What a backup wrote. `isOnline`: the server was running. */
export type BackupSummary = {
  readonly file: string;
  readonly dataDir: string;
  readonly bytes: number;
  readonly isOnline: boolean;
  readonly createdAt: string;
};

/** What was restored. `live`: how many bakes go on. `kept`: where the database that was there lies now. */
export type RestoreSummary = {
  readonly file: string;
  readonly dataDir: string;
  readonly createdAt: string;
  readonly bakewatch: string;
  readonly live: number;
  readonly kept: string | null;
  readonly isFrozen: boolean;
};

/** Both throw `ConfigError` and `AppError`. */
export type BackupDeps = {
  readonly runBackup: (options: BackupCommandOptions) => Promise<BackupSummary>;
  readonly runRestore: (options: RestoreCommandOptions) => Promise<RestoreSummary>;
};

type BackupFlags = { readonly config: string; readonly dataDir?: string; readonly json?: boolean };
type RestoreFlags = BackupFlags & { readonly force?: boolean; readonly freeze?: boolean };

/** Adds `backup` and `restore`, for the embedded database. Both need no server: `backup` works while it runs, `restore` while it is stopped. */
export function addBackupCommands(program: Command, { io, done, runBackup, runRestore }: Pick<CliDeps, 'io' | 'done'> & BackupDeps): void {
  program
    .command('backup')
    .description('write a backup of the embedded database into a new file, also while the server runs')
    .argument('<file>', 'the file to write; an existing one is not overwritten')
    .option('-c, --config <file>', "the operator's config", 'bakewatch.yaml')
    .option('--data-dir <folder>', 'the folder of the database, instead of the one in the config')
    .option('--json', 'print the result as JSON')
    .action(async (file: string, { config, dataDir, json }: BackupFlags) => {
      const made = await runBackup({ file, config, dataDir: dataDir ?? null });
      if (json === true)
        sayJson(io, { file, data_dir: made.dataDir, bytes: made.bytes, online: made.isOnline, created_at: made.createdAt });
      else
        say(
          io,
          `wrote ${file} (${(made.bytes / 1e6).toFixed(1)} MB): ${made.dataDir}, while the server was ${made.isOnline ? 'running' : 'stopped'}`,
        );
      done(0);
    });
  program
    .command('restore')
    .description('restore a backup of the embedded database into the data folder of a stopped server')
    .argument('<file>', 'a file that `backup` wrote')
    .option('-c, --config <file>', "the operator's config", 'bakewatch.yaml')
    .option('--data-dir <folder>', 'the folder of the database, instead of the one in the config')
    .option('--force', 'also where a database is there: it is kept under another name')
    .option('--freeze', 'freeze all services in the restored database, so that no bake decides to roll back')
    .option('--json', 'print the result as JSON')
    .action(async (file: string, { config, dataDir, force = false, freeze = false, json }: RestoreFlags) => {
      const made = await runRestore({ file, config, dataDir: dataDir ?? null, force, freeze });
      if (json === true) sayJson(io, jsonOf(made));
      else for (const line of linesOf(made)) say(io, line);
      if (made.live > 0 && !made.isFrozen) note(io, warning);
      done(0);
    });
}

const warning =
  'these bakes are judged from where they were, and may still roll back; if other releases were deployed since, restore with --freeze and cancel them';

function jsonOf({ file, dataDir, createdAt, bakewatch, live, kept, isFrozen }: RestoreSummary) {
  return { file, data_dir: dataDir, created_at: createdAt, bakewatch, live, kept, frozen: isFrozen };
}

function linesOf({ file, dataDir, createdAt, bakewatch, live, kept, isFrozen }: RestoreSummary): readonly string[] {
  const underWay = live === 0 ? 'no bake is under way' : `${live} ${live === 1 ? 'bake goes' : 'bakes go'} on with the next start`;
  return [
    `restored ${file} into ${dataDir}: the state of ${createdAt}, by Bakewatch ${bakewatch}; ${underWay}`,
    ...(isFrozen ? ['all services are frozen; `bakewatch unfreeze` ends that'] : []),
    ...(kept === null ? [] : [`the database that was there is kept in ${kept}`]),
  ];
}
