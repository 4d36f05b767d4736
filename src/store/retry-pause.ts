import type { JobWithMetadata } from 'pg-boss';
import { EffectError } from '../core/base/errors.ts';
import type { Database } from './database.ts';
import { sql } from './drizzle.ts';
import { type EffectKind, queueSchema, retriesOf } from './queues.ts';

type RetriedJob = Pick<JobWithMetadata, 'id' | 'retryCount' | 'retryBackoff'>;

/**
 * Lets a job that has just failed wait as long as its far side asked to be left alone: never longer than the queue's longest pause, and never
 * shorter than the queue would have waited, or a far side that says "one second" for an hour would use up all tries in one minute.
 */
export async function heedFarSide(db: Database, kind: EffectKind, { job, error }: { readonly job: RetriedJob; readonly error: unknown }) {
  const { retryDelay, retryDelayMax } = retriesOf(kind);
  const asked = error instanceof EffectError ? Math.ceil((error.retryAfterMs ?? 0) / 1000) : 0;
  const own = Math.min(retryDelayMax, retryDelay * 2 ** Math.min(job.retryCount, 16));
  const pause = Math.min(asked, retryDelayMax);
  if (pause > own) await setRetry(db, job.id, { kind, delay: pause, grows: false });
  else if (!job.retryBackoff) await setRetry(db, job.id, { kind, delay: retryDelay, grows: true });
}

type Retry = { readonly kind: EffectKind; readonly delay: number; readonly grows: boolean };

async function setRetry(db: Database, id: string, { kind, delay, grows }: Retry): Promise<void> {
  await db.execute(sql`
    update ${sql.identifier(queueSchema)}.job set retry_delay = ${delay}, retry_backoff = ${grows} where name = ${kind} and id = ${id}`);
}
