import { setTimeout } from 'node:timers/promises';
import { AppError } from '../core/base/errors.ts';

// Connection-level codes of postgres.js and Node, and PostgreSQL's own for "not now": SQLSTATE 08xxx, 57P0x, 53300, and 25006 (a standby).
const unreachable =
  /^(CONNECTION_|CONNECT_TIMEOUT|ECONN|EPIPE|ENOENT|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EACCES|08|57P0|53300|25006)/;
// Nowhere to write: the disk (or a quota) is full, or the disk fails.
const full = /^(53100|58030|ENOSPC|EDQUOT)$/;
// Two transactions crossed; the database ended one of them, and trying again is the cure.
const crossed = /^(40P01|40001)$/;
const triesWhenCrossed = 5;

/** Runs work on the database; a database that is away or cannot write becomes `AppError('unavailable')`, a deadlock is tried again, other errors pass. */
export async function reaching<T>(what: string, work: () => Promise<T>): Promise<T> {
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
      if (tries >= triesWhenCrossed || !codes.some((code) => crossed.test(code))) throw error;
      await setTimeout(10 * tries * Math.random());
    }
  }
}

// The codes of an error and of everything that caused it: drizzle wraps the driver's error, Node wraps several addresses' errors.
function codesOf(error: unknown, depth = 0): readonly string[] {
  if (!(error instanceof Error) || depth > 5 || error instanceof AppError) return [];
  const own = 'code' in error && typeof error.code === 'string' ? [error.code] : [];
  const inner = error instanceof AggregateError ? error.errors : [];
  return [...own, ...codesOf(error.cause, depth + 1), ...inner.flatMap((one) => codesOf(one, depth + 1))];
}
