import type { Log } from '../core/base/log.ts';
import type { Meter } from '../core/base/meter.ts';
import type { Clock } from '../ports/clock.ts';
import type { StoreMaintenance } from '../ports/store-maintenance.ts';

export type RetentionDeps = { readonly store: StoreMaintenance; readonly clock: Clock; readonly log: Log; readonly meter: Meter };

/** `keepMs`: how long measurements are kept after the end of their bake. */
export type RetentionOptions = { readonly keepMs: number; readonly everyMs: number };

export type Retention = {
  start(): void;
  /** Waits for the bake that is being pruned. */
  stop(): Promise<void>;
  /** Deletes all measurements that are too old now. */
  sweep(): Promise<void>;
};

/** Time before the first sweep. It is short, so that a process that restarts often sweeps too. */
const firstAfterMs = 60_000;
/** Pause between two bakes, so that a sweep does not delay passes. */
const pauseMs = 20;

/** Deletes old measurements periodically, one bake after the other. An error of the database ends a sweep, not the loop. */
export function createRetention({ store, clock, log, meter }: RetentionDeps, { keepMs, everyMs }: RetentionOptions): Retention {
  const stopping = new AbortController();
  let ended: Promise<void> = Promise.resolve();

  async function sweep(): Promise<void> {
    const deleted = { bakes: 0, measurements: 0 };
    try {
      while (!stopping.signal.aborted) {
        const at = clock.now();
        const pruned = await store.prune({ endedBefore: at - keepMs, at });
        if (pruned === null) break;
        deleted.bakes += 1;
        deleted.measurements += pruned.measurements;
        meter.pruned(pruned.measurements);
        await clock.sleep(pauseMs, stopping.signal);
      }
    } catch (error) {
      log.warn({ err: error }, 'old measurements could not be deleted');
    }
    if (deleted.bakes > 0) log.info(deleted, 'old measurements deleted');
  }

  async function loop(): Promise<void> {
    for (let waitMs = firstAfterMs; !stopping.signal.aborted; waitMs = everyMs) {
      await clock.sleep(waitMs, stopping.signal);
      await sweep();
    }
  }

  return {
    start() {
      ended = loop().catch((error: unknown) => log.error({ err: error }, 'retention loop crashed'));
    },
    async stop() {
      stopping.abort();
      await ended;
    },
    sweep,
  };
}
