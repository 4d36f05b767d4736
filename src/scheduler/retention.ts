import type { Log } from '../core/base/log.ts';
import type { Meter } from '../core/base/meter.ts';
import type { AuditTrail } from '../ports/audit-trail.ts';
import type { Clock } from '../ports/clock.ts';
import type { SessionStore } from '../ports/session-store.ts';
import type { Prunable, StoreMaintenance } from '../ports/store-maintenance.ts';

export type RetentionDeps = {
  readonly store: StoreMaintenance & Pick<AuditTrail, 'cutAudit'> & Pick<SessionStore, 'pruneSessions'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: Meter;
};

/** `keepMs`: how long data of each kind is kept after the end of its bake, and how long a row of the audit trail is. */
export type RetentionOptions = {
  readonly keepMs: Readonly<Record<Prunable | 'audit', number>>;
  /** How long a session lasts. */
  readonly sessions: () => { readonly idleMs: number; readonly maxMs: number };
  readonly everyMs: number;
};

export type Retention = {
  start(): void;
  /** Waits for the batch that is being deleted. */
  stop(): Promise<void>;
  /** Deletes all that is too old now. */
  sweep(): Promise<void>;
};

/** Time before the first sweep. It is short, so that a process that restarts often sweeps too. */
const firstAfterMs = 60_000;
/** Pause between two batches, so that a sweep does not delay passes. */
const pauseMs = 20;
/** How long a pushed alert is kept after the last news of it. */
const keepAlertsMs = 7 * 86_400_000;
const dayMs = 86_400_000;
/** How many rows of the audit trail one transaction deletes. Meanwhile no row can be added, so it must be short. */
const auditLimit = 5_000;
/** How many bakes one transaction prunes: a few thousand rows. Deploys go first, because nothing else of them is then left to delete. */
const batches: readonly (readonly [what: Prunable, limit: number])[] = [
  ['deploys', 50],
  ['measurements', 20],
  ['pasts', 50],
];

/** Deletes old data periodically, one batch after the other. An error of the database ends a sweep, not the loop. */
export function createRetention({ store, clock, log, meter }: RetentionDeps, { keepMs, sessions, everyMs }: RetentionOptions): Retention {
  const stopping = new AbortController();
  let ended: Promise<void> = Promise.resolve();

  async function sweep(): Promise<void> {
    const deleted = { measurements: 0, pasts: 0, deploys: 0, rows: 0 };
    try {
      for (const [what, limit] of batches) {
        while (!stopping.signal.aborted) {
          const at = clock.now();
          const pruned = await store.prune({ what, endedBefore: at - keepMs[what], at, limit });
          if (pruned === null) break;
          deleted[what] += pruned.bakeIds.length;
          deleted.rows += pruned.measurements;
          meter.pruned(pruned.measurements);
          await clock.sleep(pauseMs, stopping.signal);
        }
      }
      const at = clock.now();
      await store.pruneAlerts(at - keepAlertsMs);
      const { idleMs, maxMs } = sessions();
      await store.pruneSessions({ createdBefore: at - maxMs, seenBefore: at - idleMs, at });
      await cutAudit();
    } catch (error) {
      log.warn({ err: error }, 'old data could not be deleted');
    }
    if (deleted.deploys + deleted.measurements + deleted.pasts > 0) log.info(deleted, 'old data deleted');
  }

  /** By whole days, so that there is at most one checkpoint a day and batch. */
  async function cutAudit(): Promise<void> {
    while (!stopping.signal.aborted) {
      const at = clock.now();
      const before = Math.floor((at - keepMs.audit) / dayMs) * dayMs;
      if ((await store.cutAudit({ before, at, limit: auditLimit })) === 0) return;
      await clock.sleep(pauseMs, stopping.signal);
    }
  }

  async function loop(): Promise<void> {
    for (let waitMs = firstAfterMs; !stopping.signal.aborted; waitMs = everyMs) {
      await clock.sleep(waitMs, stopping.signal);
      if (!stopping.signal.aborted) await sweep();
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
