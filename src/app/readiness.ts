import { statfs } from 'node:fs/promises';
import { AppError } from '../core/base/errors.ts';
import type { StoreMaintenance } from '../ports/store-maintenance.ts';

export type ReadinessInput = {
  readonly store: Pick<StoreMaintenance, 'ping'>;
  /** Where the embedded database lies; `null` where it is another's. */
  readonly dataDir: string | null;
  readonly now: () => number;
  readonly lastLookAt: () => number;
  readonly trouble: () => { readonly at: number; readonly message: string } | null;
  /** The free bytes of a folder's disk. */
  readonly freeBytes?: (folder: string) => Promise<number>;
};

/** The loop looks for due bakes at least this often, or the server is not ready: longer than one pass, for which a full house has to wait. */
const staleLoopMs = 45_000;
/** A bake whose pass failed is tried again when its lease ends; what is older than a few of these says nothing any more. */
const staleTroubleMs = 120_000;
/** PostgreSQL takes room for its log in pieces of 16 MB, and ends when it gets none. */
const leastFreeBytes = 32 * 1024 ** 2;

/** Why the server cannot do its work, or `null`: the disk, the database, passes that cannot be stored, the loop. */
export async function notReady(input: ReadinessInput): Promise<string | null> {
  const { store, dataDir, now, lastLookAt, trouble, freeBytes = freeBytesOf } = input;
  const free = dataDir === null ? leastFreeBytes : await freeBytes(dataDir);
  if (free < leastFreeBytes)
    return `the disk of the data directory is full: ${Math.floor(free / 1024 ** 2)} MB are free, and the database needs 32`;
  try {
    await store.ping();
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
  const met = trouble();
  if (met !== null && now() - met.at < staleTroubleMs) return `bakes cannot be looked at: ${met.message}`;
  const ageMs = now() - lastLookAt();
  return ageMs > staleLoopMs ? `the scheduler has not looked for due bakes for ${Math.round(ageMs / 1000)} s` : null;
}

async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
