import { AppError } from '../core/base/errors.ts';
import type { BakeClaims } from '../ports/bake-claims.ts';
import type { Clock } from '../ports/clock.ts';
import type { DeployCatalog } from '../ports/deploy-catalog.ts';
import type { EffectQueue } from '../ports/effect-queue.ts';
import type { StoredGauges } from '../telemetry/metrics.ts';

type Storage = {
  readonly store: Pick<DeployCatalog, 'countByState'> & Pick<BakeClaims, 'nextDueAt'>;
  readonly queue: Pick<EffectQueue, 'oldestAgeMs'>;
};

/** Reads the gauges for `/metrics` that are in the database. Returns `null` while it is unavailable, because then the other metrics matter most. */
export async function readStoredGauges({ store, queue }: Storage, clock: Clock): Promise<StoredGauges | null> {
  try {
    const now = clock.now();
    const [bakes, oldestAgeMs, dueAt] = await Promise.all([store.countByState(), queue.oldestAgeMs(now), store.nextDueAt()]);
    return { bakes, outboxOldestSeconds: oldestAgeMs / 1000, overdueSeconds: Math.max(0, now - (dueAt ?? now)) / 1000 };
  } catch (error) {
    if (error instanceof AppError && error.code === 'unavailable') return null;
    throw error;
  }
}
