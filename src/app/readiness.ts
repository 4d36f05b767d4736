import { statfs } from 'node:fs/promises';
import { AppError } from '../core/base/errors.ts';
import type { StoreMaintenance } from '../ports/store-maintenance.ts';

export type ReadinessInput = {
  readonly store: Pick<StoreMaintenance, 'ping'>;
  /** The folder of the embedded database; `null`: the database is external. */
  readonly dataDir: string | null;
  readonly now: () => number;
  readonly lastLookAt: () => number;
  readonly trouble: () => { readonly at: number; readonly message: string } | null;
  /** Why this server leaves all work to others; `null`: it works. */
  readonly standby?: () => string | null;
  /** Returns the free bytes on the disk of a folder. */
  readonly freeBytes?: (folder: string) => Promise<number>;
};

/** The maximum time since the scheduler last looked for due bakes. Longer than one pass: with all slots in use, the scheduler waits for one. */
const maxLoopAgeMs = 45_000;
/** How long a failed pass makes the server not ready. A few leases: at the latest, the bake is retried when its lease ends. */
const maxTroubleAgeMs = 120_000;
/** PostgreSQL allocates its write-ahead log in files of 16 MB, and stops when the disk has no room for one. */
export const minFreeBytes = 32 * 1024 ** 2;

/** Returns why the server cannot work, or `null`. Checks the disk, the database, passes that could not be stored, and the scheduler loop. */
export async function notReady(input: ReadinessInput): Promise<string | null> {
  const { store, dataDir, now, lastLookAt, trouble, freeBytes = freeBytesOf } = input;
  const free = dataDir === null ? minFreeBytes : await freeBytes(dataDir);
  if (free < minFreeBytes)
    return `the disk of the data directory is full: ${Math.floor(free / 1024 ** 2)} MB are free, and the database needs 32`;
  try {
    await store.ping();
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
  const standby = input.standby?.() ?? null;
  if (standby !== null) return standby;
  const recent = trouble();
  if (recent !== null && now() - recent.at < maxTroubleAgeMs) return `passes over bakes fail: ${recent.message}`;
  const ageMs = now() - lastLookAt();
  return ageMs > maxLoopAgeMs ? `the scheduler has not looked for due bakes for ${Math.round(ageMs / 1000)} s` : null;
}

async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
