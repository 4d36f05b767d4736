import { setTimeout as wait } from 'node:timers/promises';
import { formatDuration } from '../core/base/duration.ts';
import { AppError } from '../core/base/errors.ts';
import type { Log } from '../core/base/log.ts';
import { isPassing } from '../store/failures.ts';

export type DatabaseWait = {
  /** Host and port, for the log. */
  readonly database: string;
  readonly log: Log;
  /** How long a start waits for the database. */
  readonly maxMs?: number | undefined;
  readonly pauseMs?: number;
  /** Ends the wait. */
  readonly signal: AbortSignal;
  /** Called after each try that failed. */
  readonly onAway: (reason: string) => Promise<void>;
};

/** Long enough for a failover, or for a database that starts together with this server; short enough that a supervisor reports a start that fails. */
const defaultMaxMs = 300_000;
/** How often the log repeats that the start waits. */
const repeatMs = 30_000;

/**
 * Opens what needs the database, and tries again from the beginning while the database is away. Throws `AppError` at once for what waiting does not change
 * (a wrong password, a wrong CA), after `maxMs`, or when `signal` aborts.
 */
export async function awaitDatabase<T>(open: () => Promise<T>, options: DatabaseWait): Promise<T> {
  const { database, log, maxMs = defaultMaxMs, pauseMs = 1_000, signal, onAway } = options;
  const startedAt = performance.now();
  let logged = { reason: '', at: Number.NEGATIVE_INFINITY };
  for (;;) {
    try {
      const opened = await open();
      if (logged.reason !== '') log.info({ database, waitedMs: Math.round(performance.now() - startedAt) }, 'the database answers');
      return opened;
    } catch (error) {
      if (!(error instanceof AppError) || !isPassing(error)) throw error;
      const { message } = error;
      if (performance.now() - startedAt >= maxMs)
        throw new AppError('unavailable', `${message}; waited ${formatDuration(maxMs)} for it`, { cause: error });
      const now = performance.now();
      if (logged.reason !== message || now - logged.at >= repeatMs) {
        log.warn({ database, reason: message, maxWait: formatDuration(maxMs) }, 'waiting for the database');
        logged = { reason: message, at: now };
      }
      await onAway(message);
    }
    try {
      await wait(pauseMs, undefined, { signal });
    } catch {
      throw new AppError('unavailable', 'stopped while waiting for the database');
    }
  }
}
