import { setTimeout } from 'node:timers/promises';
import { AppError } from '../core/base/errors.ts';
import { whyUnreachable } from './why-unreachable.ts';

// The database cannot write: the disk (or a quota) is full, or the disk fails.
const full = /^(53100|58030|ENOSPC|EDQUOT)$/;
/** PostgreSQL canceled a statement that ran for too long, or waited for too long. */
const canceled = '57014';
// A deadlock or a serialization failure: PostgreSQL aborted one of two transactions, which must be retried.
const deadlock = /^(40P01|40001)$/;
const maxTriesAfterDeadlock = 5;

/** Runs work on the database. Throws `AppError('unavailable')` where it is away or cannot write; retries after a deadlock; passes other errors on. */
export async function onDatabase<T>(what: string, work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      const errors = withCauses(error);
      const problem = problemOf(errors);
      if (problem !== null) throw new AppError('unavailable', `the database ${problem.did} (${what})${problem.why}`, { cause: error });
      if (tries >= maxTriesAfterDeadlock || !errors.some((one) => deadlock.test(codeOf(one)))) throw error;
      await setTimeout(10 * tries * Math.random());
    }
  }
}

// The connection, the start or the failover of PostgreSQL, and too many connections: 08, 57P0, 25006, 53300.
const passingCode = /^(ECONN|EPIPE|ENOENT$|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOST|ENETUNREACH|08|57P0|25006|53300)/;
const passingMessage = /^(Query read timeout|timeout e|Connection terminated|Client has encountered a connection error)/;

/** Whether the database may come back by itself after this error of `onDatabase`; a wrong password or a wrong CA stays wrong. */
export function isPassing(error: AppError): boolean {
  return (
    error.code === 'unavailable' && withCauses(error.cause).some((one) => passingCode.test(codeOf(one)) || passingMessage.test(one.message))
  );
}

function problemOf(errors: readonly Error[]): { readonly did: string; readonly why: string } | null {
  if (errors.some((one) => full.test(codeOf(one)))) return { did: 'cannot write: its disk is full or broken', why: '' };
  if (errors.some((one) => codeOf(one) === canceled)) return { did: 'is too slow', why: ': it canceled a statement that took too long' };
  const why = errors.map(whyUnreachable).find((one) => one !== null);
  return why === undefined ? null : { did: 'cannot be reached', why: `: ${why}` };
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}

// An error and its causes, the innermost first: drizzle wraps the error of the driver, and Node wraps the errors of several addresses.
function withCauses(error: unknown, depth = 0): readonly Error[] {
  if (!(error instanceof Error) || depth > 5 || error instanceof AppError) return [];
  const inner = error instanceof AggregateError ? error.errors : [];
  return [...withCauses(error.cause, depth + 1), ...inner.flatMap((one) => withCauses(one, depth + 1)), error];
}
