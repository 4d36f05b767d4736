import { AppError } from '../core/base/errors.ts';
import { openPool } from './database.ts';
import { sql } from './drizzle.ts';
import type { Endpoint } from './endpoint.ts';
import { onDatabase } from './failures.ts';

/** Proves that the database answers: `StoreMaintenance.ping`. */
export type Pinger = { readonly ping: () => Promise<void>; readonly close: () => Promise<void> };

/** How long the database may take to answer. People wait for it. */
const maxMs = 1_000;

/** Creates a ping with a connection of its own, because all others may wait for statements. Callers at the same time share one ping. */
export function createPinger(endpoint: Endpoint): Pinger {
  const pool = openPool(endpoint, { max: 1, statementMs: maxMs, connectMs: maxMs });
  let underWay: Promise<void> | null = null;
  const ping = async () => {
    const answer = onDatabase('ping', async () => void (await pool.db.execute(sql`select 1`)));
    const late = Promise.withResolvers<never>();
    const why = `the database does not answer: a ping had no answer in ${maxMs / 1_000} s`;
    const timer = setTimeout(() => late.reject(new AppError('unavailable', why)), maxMs);
    try {
      await Promise.race([answer, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  };
  return {
    ping: () => {
      underWay ??= ping().finally(() => {
        underWay = null;
      });
      return underWay;
    },
    close: pool.close,
  };
}
