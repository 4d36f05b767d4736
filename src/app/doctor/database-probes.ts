import { constants } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { AppError } from '../../core/base/errors.ts';
import { codeOf } from '../../store/file-failures.ts';
import { clusterVersion, type DatabaseInspection, type Encryption } from '../../store/inspect-database.ts';
import { findPostgres } from '../../store/postgres-binaries.ts';
import type { ExamAnswer, ExamProbe } from '../../usecases/examine.ts';
import { minFreeBytes } from '../readiness.ts';

/** The database once it is connected; `null`: it is the embedded one, and does not run. It rejects where it cannot be reached. */
export type DatabaseAccess = {
  readonly opened: Promise<DatabaseInspection | null>;
  readonly dataDir: string;
  readonly isEmbedded: boolean;
};

const limitMs = 12_000;
const notRunning: ExamAnswer = { outcome: 'not_tried', reason: 'the embedded database does not run', hint: 'start the server' };

/** The probes of the database: does it answer, can it be written to, how is the connection protected, and which migrations has it? */
export function databaseProbes({ opened, dataDir, isEmbedded }: DatabaseAccess): readonly ExamProbe[] {
  const whenOpen = (ask: (database: DatabaseInspection) => Promise<ExamAnswer>) => async (): Promise<ExamAnswer> => {
    const database = await opened.catch((error: unknown) => (error instanceof AppError ? error : Promise.reject(error)));
    if (database instanceof AppError)
      return { outcome: 'not_tried', reason: 'the database cannot be reached', hint: 'see `database` above' };
    return database === null ? notRunning : await ask(database);
  };
  const reachable: ExamProbe = {
    part: 'database',
    name: '',
    limitMs,
    ask: async () => {
      const database = await opened;
      return database === null ? stopped(dataDir) : describe(database, dataDir);
    },
    hint: isEmbedded
      ? 'run the command as the user of the server; the log of the server says more'
      : 'check DATABASE_URL (or database.url in the config), and that the server accepts connections from this machine',
  };
  const migrations: ExamProbe = { part: 'migrations', name: '', limitMs, ask: whenOpen(askMigrations) };
  if (isEmbedded) return [reachable, { part: 'disk', name: '', limitMs, ask: () => askDisk(dataDir) }, migrations];
  return [
    reachable,
    { part: 'database', name: 'tls', limitMs, ask: whenOpen(async ({ encryption }) => encryptions[encryption]) },
    {
      part: 'database',
      name: 'pooler',
      limitMs,
      ask: whenOpen(askPooler),
      hint: 'docs/how-to/use-your-own-postgresql.md has the settings',
    },
    migrations,
  ];
}

function describe({ isEmbedded, version, isStandby }: DatabaseInspection, dataDir: string): ExamAnswer {
  if (isStandby)
    return {
      outcome: 'fail',
      reason: `PostgreSQL ${version} is a standby, which cannot be written to`,
      hint: 'use the address of the primary',
    };
  return { outcome: 'ok', reason: isEmbedded ? `PostgreSQL ${version}, embedded in ${dataDir}` : `PostgreSQL ${version}` };
}

function stopped(dataDir: string): ExamAnswer {
  const { major } = findPostgres();
  const made = clusterVersion(dataDir);
  if (made === null) return { outcome: 'ok', reason: `the first start of the server creates it in ${dataDir}, with PostgreSQL ${major}` };
  if (made === major)
    return { outcome: 'ok', reason: `PostgreSQL ${major}, embedded in ${dataDir}; it does not run, because the server does not` };
  const reason = `${dataDir} was created by PostgreSQL ${made}, and this version of Bakewatch contains ${major}`;
  return {
    outcome: 'fail',
    reason,
    hint: 'start the older version, or use another directory; see "Upgrades" in docs/how-to/run-in-production.md',
  };
}

const encryptions: Readonly<Record<Encryption, ExamAnswer>> = {
  verified: { outcome: 'ok', reason: 'encrypted, and the certificate of the server is verified' },
  local: { outcome: 'ok', reason: 'not encrypted, and not needed: the connection does not leave this machine' },
  unverified: {
    outcome: 'warn',
    reason: 'encrypted, but the certificate of the server is not verified',
    hint: 'add sslmode=verify-full and sslrootcert to the database URL',
  },
  none: {
    outcome: 'warn',
    reason: 'not encrypted: password and data can be read on the way',
    hint: 'add sslmode=verify-full to the database URL',
  },
};

async function askPooler({ findPoolMode }: DatabaseInspection): Promise<ExamAnswer> {
  const mode = await findPoolMode();
  return { outcome: 'ok', reason: mode === 'direct' ? 'no pooler is in front of the database' : `a pooler in ${mode} mode` };
}

async function askMigrations({ migrations, canCreate }: DatabaseInspection): Promise<ExamAnswer> {
  const { applied, pending, isNewer } = await migrations();
  if (isNewer) {
    const reason = 'a newer version of Bakewatch has migrated the database';
    return { outcome: 'warn', reason, hint: 'run the newer version; while replicas are replaced one by one, this is as it should be' };
  }
  if (pending.length === 0) return { outcome: 'ok', reason: `all ${applied} are applied` };
  const which = pending.length > 3 ? `${pending.length}` : pending.join(', ');
  if (applied === 0 && !canCreate)
    return { outcome: 'fail', reason: 'the user of the database may not create a schema', hint: 'grant CREATE on the database to it' };
  return { outcome: 'ok', reason: `${applied} are applied; the next start applies ${which}` };
}

async function askDisk(dataDir: string): Promise<ExamAnswer> {
  const folder = await existing(resolve(dataDir));
  try {
    await access(folder, constants.W_OK);
  } catch (error) {
    const why = codeOf(error) === 'EROFS' ? 'it is read-only' : 'this user may not write there';
    return { outcome: 'fail', reason: `${folder} cannot be written: ${why}`, hint: 'run the command as the user of the server' };
  }
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const reason = `${folder} can be written, and ${formatBytes(free)} are free`;
  if (free < minFreeBytes) return { outcome: 'fail', reason, hint: 'the database needs 32 MB to write at all; make room' };
  return free < 8 * minFreeBytes ? { outcome: 'warn', reason, hint: 'make room before the database stops' } : { outcome: 'ok', reason };
}

function formatBytes(bytes: number): string {
  return bytes < 1e9 ? `${Math.floor(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

/** The folder, or the nearest one above it that exists. */
async function existing(folder: string): Promise<string> {
  try {
    await access(folder);
    return folder;
  } catch {
    const above = dirname(folder);
    return above === folder ? folder : await existing(above);
  }
}
