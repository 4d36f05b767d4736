import { setTimeout } from 'node:timers/promises';
import { AppError } from '../core/base/errors.ts';

// Connection errors of postgres.js and Node, and SQLSTATEs of a PostgreSQL that is not available: 08xxx, 57P0x, 53300, and 25006 (a standby).
const unreachable =
  /^(CONNECTION_|CONNECT_TIMEOUT|ECONN|EPIPE|ENOENT|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EACCES|08|57P0|53300|25006)/;
// The database cannot write: the disk (or a quota) is full, or the disk fails.
const full = /^(53100|58030|ENOSPC|EDQUOT)$/;
// A deadlock or a serialization failure: PostgreSQL aborted one of two transactions, which must be retried.
const deadlock = /^(40P01|40001)$/;
const maxTriesAfterDeadlock = 5;

/** Runs work on the database. Throws `AppError('unavailable')` where it is away or cannot write; retries after a deadlock; passes other errors on. */
export async function onDatabase<T>(what: string, work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      const codes = codesOf(error);
      if (codes.some((code) => unreachable.test(code))) {
        throw new AppError('unavailable', `the database cannot be reached (${what})`, { cause: error });
      }
      if (codes.some((code) => full.test(code))) {
        throw new AppError('unavailable', `the database cannot write: its disk is full or broken (${what})`, { cause: error });
      }
      if (tries >= maxTriesAfterDeadlock || !codes.some((code) => deadlock.test(code))) throw error;
      await setTimeout(10 * tries * Math.random());
    }
  }
}

// The codes of an error and of its causes: drizzle wraps the error of the driver, and Node wraps the errors of several addresses.
function codesOf(error: unknown, depth = 0): readonly string[] {
  if (!(error instanceof Error) || depth > 5 || error instanceof AppError) return [];
  const own = 'code' in error && typeof error.code === 'string' ? [error.code] : [];
  const inner = error instanceof AggregateError ? error.errors : [];
  return [...own, ...codesOf(error.cause, depth + 1), ...inner.flatMap((one) => codesOf(one, depth + 1))];
}
