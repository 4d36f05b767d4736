import { AppError } from '../core/base/errors.ts';
import type { Log } from '../core/base/log.ts';
import type { RuleSet } from '../core/rules/rule-set.ts';
import type { AuditLog } from '../ports/audit-log.ts';
import type { Clock } from '../ports/clock.ts';
import type { DeployCatalog } from '../ports/deploy-catalog.ts';
import type { Place } from '../ports/hook.ts';

export type DrillsDeps = {
  readonly store: DeployCatalog & AuditLog;
  readonly clock: Clock;
  readonly log: Log;
  readonly ruleSets: Iterable<RuleSet>;
  /** Rehearses the rollback of one place, records the result, and notifies people where it failed. */
  readonly rehearse: (place: Place, signal: AbortSignal) => Promise<unknown>;
};

export type Drills = {
  start(): void;
  /** Waits for the running drill. */
  stop(): Promise<void>;
  /** Rehearses every place whose last drill is older than `everyMs`. */
  round(): Promise<void>;
};

/** How often the places are checked. It is short, so that a server that restarts often holds drills too. */
const roundMs = 600_000;

/** Rehearses the rollback of every service every `everyMs`, because a rollback that is never tried may not work when it is needed. */
export function createDrills({ store, clock, log, ruleSets, rehearse }: DrillsDeps, { everyMs }: { readonly everyMs: number }): Drills {
  const stopping = new AbortController();
  let ended: Promise<void> = Promise.resolve();

  async function round(): Promise<void> {
    for (const { service, environment, rollback } of ruleSets) {
      if (stopping.signal.aborted) return;
      if (rollback === null) continue;
      const place = { service, environment };
      try {
        if (await isDue(place)) await rehearse(place, stopping.signal);
      } catch (error) {
        if (stopping.signal.aborted) return;
        if (error instanceof AppError && error.code === 'conflict') log.debug({ ...place, reason: error.message }, 'drill not possible');
        else log.warn({ ...place, err: error }, 'drill failed to run');
      }
    }
  }

  async function isDue(place: Place): Promise<boolean> {
    const [newest] = await store.knownGood(place, 1);
    if (newest === undefined) return false;
    const lastDrill = (await store.timeline(newest.deployId)).findLast(({ kind }) => kind === 'drilled' || kind === 'drill_failed');
    return lastDrill === undefined || clock.now() - lastDrill.at >= everyMs;
  }

  return {
    start() {
      const loop = async () => {
        while (!stopping.signal.aborted) {
          await clock.sleep(Math.min(roundMs, everyMs), stopping.signal);
          if (!stopping.signal.aborted) await round();
        }
      };
      ended = loop().catch((error: unknown) => log.error({ err: error }, 'drills loop crashed'));
    },
    async stop() {
      stopping.abort();
      await ended;
    },
    round,
  };
}
