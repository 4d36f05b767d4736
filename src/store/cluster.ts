import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../core/errors.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import { otherUser, run, type Surroundings } from './run-postgres.ts';

/** The superuser of an embedded cluster; only this process's user can reach its socket. */
export const clusterUser = 'bakewatch';

/** Makes the cluster on the first start, or sees that it fits these binaries. Returns its directory. */
export async function prepareCluster(dataDir: string, binaries: PostgresBinaries, surroundings: Surroundings): Promise<string> {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const directory = join(dataDir, 'postgres');
  const versionFile = join(directory, 'PG_VERSION');
  if (!existsSync(versionFile)) await makeCluster(directory, binaries, surroundings);
  const made = Number.parseInt(readFileSync(versionFile, 'utf8'), 10);
  if (made !== binaries.major) {
    const what = `the data directory ${dataDir} was made by PostgreSQL ${made}, and this version brings PostgreSQL ${binaries.major}`;
    throw new AppError('conflict', `${what}; start the older version and move its data (see the upgrade guide), or use another directory`);
  }
  chmodSync(directory, 0o700);
  return directory;
}

// Made aside and renamed, so that a start that was killed in the middle leaves nothing half made.
async function makeCluster(directory: string, binaries: PostgresBinaries, surroundings: Surroundings): Promise<void> {
  const aside = `${directory}.new`;
  rmSync(aside, { recursive: true, force: true });
  const args = ['-D', aside, `--username=${clusterUser}`, '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-instructions'];
  const initdb = run(binaries.initdb, args, { dies: true, ...surroundings });
  const outcome = await initdb.ended;
  if (outcome !== 'exit code 0') {
    const why = lastLine(initdb.said());
    const hint = why.includes('unshare') ? `; ${otherUser}` : '';
    throw new AppError('unavailable', `the embedded PostgreSQL could not be set up in ${directory} (${outcome}): ${why}${hint}`);
  }
  renameSync(aside, directory);
}

/** The last line of what a program printed, for a message. */
export function lastLine(text: string): string {
  return text.split('\n').at(-1)?.trim() || 'it said nothing';
}
