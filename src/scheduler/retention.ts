import type { Log } from '../core/base/log.ts';
import type { Meter } from '../core/base/meter.ts';
import type { Clock } from '../ports/clock.ts';
import type { StoreMaintenance } from '../ports/store-maintenance.ts';

export type RetentionDeps = { readonly store: StoreMaintenance; readonly clock: Clock; readonly log: Log; readonly meter: Meter };

/** `keepMs`: how long what was measured is kept after the end of its bake. */
export type RetentionOptions = { readonly keepMs: number; readonly everyMs: number };

export type Retention = {
  start(): void;
  /** Finishes the bake under way. */
  stop(): Promise<void>;
  /** Deletes everything that is too old now. */
  sweep(): Promise<void>;
};

/** The first sweep; a process that is started again and again must get to it as well. */
const firstAfterMs = 60_000;
/** Between two bakes, so that ticks never wait for a sweep. */
const pauseMs = 20;

/** Deletes old measurements now and then, bake by bake, and survives whatever happens to the database. */
export function createRetention({ store, clock, log, meter }: RetentionDeps, { keepMs, everyMs }: RetentionOptions): Retention {
  const stopping = new AbortController();
  let ended: Promise<void> = Promise.resolve();

  async function sweep(): Promise<void> {
    const counted = { bakes: 0, measurements: 0 };
    try {
      while (!stopping.signal.aborted) {
        const at = clock.now();
        const pruned = await store.prune({ endedBefore: at - keepMs, at });
        if (pruned === null) break;
        counted.bakes += 1;
        counted.measurements += pruned.measurements;
        meter.pruned(pruned.measurements);
        await clock.sleep(pauseMs, stopping.signal);
      }
    } catch (error) {
      log.warn({ err: error }, 'old measurements could not be deleted');
    }
    if (counted.bakes > 0) log.info(counted, 'old measurements deleted');
  }

  async function loop(): Promise<void> {
    for (let waitMs = firstAfterMs; !stopping.signal.aborted; waitMs = everyMs) {
      await clock.sleep(waitMs, stopping.signal);
      await sweep();
    }
  }

  return {
    start() {
      ended = loop().catch((error: unknown) => log.error({ err: error }, 'retention ended badly'));
    },
    async stop() {
      stopping.abort();
      await ended;
    },
    sweep,
  };
}
