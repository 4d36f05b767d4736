import { AppError } from '../core/base/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { DeployCatalog } from '../ports/deploy-catalog.ts';
import type { EffectQueue } from '../ports/effect-queue.ts';
import type { StoredGauges } from '../telemetry/metrics.ts';

type Storage = { readonly store: Pick<DeployCatalog, 'countByState'>; readonly queue: Pick<EffectQueue, 'oldestAgeMs'> };

/** Reads the gauges for `/metrics` that are in the database. Returns `null` while it is unavailable, because then the other metrics matter most. */
export async function readStoredGauges({ store, queue }: Storage, clock: Clock): Promise<StoredGauges | null> {
  try {
    const [bakes, oldestAgeMs] = await Promise.all([store.countByState(), queue.oldestAgeMs(clock.now())]);
    return { bakes, outboxOldestSeconds: oldestAgeMs / 1000 };
  } catch (error) {
    if (error instanceof AppError && error.code === 'unavailable') return null;
    throw error;
  }
}
