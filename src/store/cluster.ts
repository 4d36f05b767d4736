import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { AppError } from '../core/base/errors.ts';
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

// Made aside and renamed, so that a start that was killed in the middle leaves nothing half made; under a name of its own, because the killed
// one's initdb may be busy a moment longer with cleaning up.
async function makeCluster(directory: string, binaries: PostgresBinaries, surroundings: Surroundings): Promise<void> {
  removeUnfinished(directory);
  const aside = `${directory}.new-${randomUUID()}`;
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

function removeUnfinished(directory: string): void {
  for (const name of readdirSync(dirname(directory))) {
    if (!name.startsWith(`${basename(directory)}.new-`)) continue;
    try {
      rmSync(join(dirname(directory), name), { recursive: true, force: true });
    } catch {
      // Still being written: the next first start removes it, and nothing ever reads it.
    }
  }
}

/** The last line of what a program printed, for a message. */
export function lastLine(text: string): string {
  return text.split('\n').at(-1)?.trim() || 'it said nothing';
}
