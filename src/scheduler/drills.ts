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
  /** Rehearses one place's rollback, writes down what came of it, and tells people where it failed. */
  readonly rehearse: (place: Place, signal: AbortSignal) => Promise<unknown>;
};

export type Drills = {
  start(): void;
  /** Waits for the drill under way. */
  stop(): Promise<void>;
  /** Rehearses every place whose last drill is too long ago. */
  round(): Promise<void>;
};

/** How often the places are looked through; a server that is restarted often must get to it as well. */
const roundMs = 600_000;

/** Rehearses every service's rollback every `everyMs`: a rollback is production code, too. */
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
        if (error instanceof AppError && error.code === 'conflict') log.debug({ ...place, reason: error.message }, 'nothing to drill with');
        else log.warn({ ...place, err: error }, 'drill could not be held');
      }
    }
  }

  async function isDue(place: Place): Promise<boolean> {
    const [newest] = await store.knownGood(place, 1);
    if (newest === undefined) return false;
    const drilled = (await store.timeline(newest.deployId)).findLast(({ kind }) => kind === 'drilled' || kind === 'drill_failed');
    return drilled === undefined || clock.now() - drilled.at >= everyMs;
  }

  return {
    start() {
      const loop = async () => {
        while (!stopping.signal.aborted) {
          await clock.sleep(Math.min(roundMs, everyMs), stopping.signal);
          if (!stopping.signal.aborted) await round();
        }
      };
      ended = loop().catch((error: unknown) => log.error({ err: error }, 'drills ended badly'));
    },
    async stop() {
      stopping.abort();
      await ended;
    },
    round,
  };
}
