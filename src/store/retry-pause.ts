import type { JobWithMetadata } from 'pg-boss';
import { EffectError } from '../core/base/errors.ts';
import { setRetryPause } from './boss-jobs.ts';
import type { Database } from './database.ts';
import { type EffectKind, retriesOf } from './queues.ts';

type RetriedJob = Pick<JobWithMetadata, 'id' | 'retryCount' | 'retryBackoff'>;

/**
 * Lets a job that has just failed wait as long as the receiver asked for (`Retry-After`). The pause is never longer than the longest pause of the queue.
 * It is never shorter than the queue's own pause: a receiver that asks for one second again and again would use up all tries in a minute.
 */
export async function respectRetryAfter(
  db: Database,
  kind: EffectKind,
  { job, error }: { readonly job: RetriedJob; readonly error: unknown },
) {
  const { retryDelay, retryDelayMax } = retriesOf(kind);
  const { id } = job;
  const requested = error instanceof EffectError ? Math.ceil((error.retryAfterMs ?? 0) / 1000) : 0;
  const own = Math.min(retryDelayMax, retryDelay * 2 ** Math.min(job.retryCount, 16));
  const pause = Math.min(requested, retryDelayMax);
  if (pause > own) await setRetryPause(db, { kind, id }, { delay: pause, grows: false });
  else if (!job.retryBackoff) await setRetryPause(db, { kind, id }, { delay: retryDelay, grows: true });
}
