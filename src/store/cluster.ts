import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statfsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { AppError } from '../core/base/errors.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import { otherUser, run, type Surroundings } from './run-postgres.ts';

/** The superuser of an embedded cluster. Only the user of this process can reach its socket. */
export const clusterUser = 'bakewatch';

/** Creates the cluster on the first start, or checks that its version is that of the binaries. Returns its directory. */
export async function prepareCluster(dataDir: string, binaries: PostgresBinaries, surroundings: Surroundings): Promise<string> {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const directory = join(dataDir, 'postgres');
  const versionFile = join(directory, 'PG_VERSION');
  if (!existsSync(versionFile)) await createCluster(directory, binaries, surroundings);
  const version = Number.parseInt(readFileSync(versionFile, 'utf8'), 10);
  if (version !== binaries.major) {
    const what = `the data directory ${dataDir} was created by PostgreSQL ${version}, but this version of Bakewatch contains PostgreSQL ${binaries.major}`;
    throw new AppError('conflict', `${what}; start the older version and move its data (see the upgrade guide), or use another directory`);
  }
  chmodSync(directory, 0o700);
  return directory;
}

// Created under another name and renamed, so that a start that is killed leaves no incomplete cluster. The name is unique, because the initdb of a
// killed start may still be cleaning up.
async function createCluster(directory: string, binaries: PostgresBinaries, surroundings: Surroundings): Promise<void> {
  removeUnfinished(directory);
  const aside = `${directory}.new-${randomUUID()}`;
  const args = ['-D', aside, `--username=${clusterUser}`, '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-instructions'];
  const initdb = run(binaries.initdb, args, { dies: true, ...surroundings });
  const outcome = await initdb.ended;
  if (outcome !== 'exit code 0') {
    const why = lackOfRoom(directory) ?? reasonIn(initdb.output());
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
      // Another process is writing it. Nothing reads it, and the next first start removes it.
    }
  }
}

/** A new cluster takes 42 MB, and some more while it is made. */
const minNewBytes = 64 * 1024 ** 2;

// On a full disk initdb often dies without a reason.
function lackOfRoom(directory: string): string | null {
  const { bavail, bsize } = statfsSync(dirname(directory));
  const free = bavail * bsize;
  return free >= minNewBytes ? null : `its disk is full: ${Math.floor(free / 1024 ** 2)} MB are free, and a new database needs 64`;
}

// initdb says the reason first, and then what it removes.
function reasonIn(text: string): string {
  const lines = text.split('\n').filter((line) => !/^initdb: (removing|data directory)/.test(line));
  return lastLine(lines.join('\n').trim());
}

/** The last line of what a program printed, for a message. */
export function lastLine(text: string): string {
  return text.split('\n').at(-1)?.trim() || 'no output';
}
