import type { Log } from '../core/base/log.ts';
import type { BakeClaims } from '../ports/bake-claims.ts';
import type { Clock } from '../ports/clock.ts';

export type LeaseDeps = { readonly store: BakeClaims; readonly clock: Clock; readonly log: Log };

export type LeaseOptions = { readonly worker: string; readonly leaseMs: number };

/** The bakes with a running pass. */
type RunningBakes = () => readonly string[];

/** Keeps the leases of running passes. */
export type LeaseRenewal = {
  /** Renews until no pass runs. Idempotent. */
  start(): void;
};

/** A renewal may fail twice before a lease ends. */
const renewalsInLease = 4;

/** Creates the renewal. Abort `ended` when the last pass has ended. */
export function createRenewal(
  { store, clock, log }: LeaseDeps,
  { worker, leaseMs, ended }: LeaseOptions & { readonly ended: AbortSignal },
  bakeIds: RunningBakes,
): LeaseRenewal {
  let isRenewing = false;
  const renew = async () => {
    for (;;) {
      await clock.sleep(leaseMs / renewalsInLease, ended);
      const ids = bakeIds();
      if (ids.length === 0) break;
      await store
        .renewClaims({ worker, bakeIds: ids, until: clock.now() + leaseMs })
        .catch((error: unknown) => log.warn({ err: error, bakes: ids.length }, 'leases could not be renewed'));
    }
    isRenewing = false;
  };
  return {
    start() {
      if (isRenewing) return;
      isRenewing = true;
      void renew();
    },
  };
}

/** Frees bakes that this process has claimed and makes no pass over, because the database failed a pass, or the answer to a claim was lost. */
export type StrayLeases = {
  /** There may be such bakes from now on. After a failed pass they stay claimed for a pause, which grows while passes fail. */
  expect(failed: 'pass' | 'claim'): void;
  /** A pass has succeeded: the next pause is short again. */
  passSucceeded(): void;
  /** Frees them, if it is time. Throws where the database is still away. */
  release(now: number): Promise<void>;
};

const minPauseMs = 500;

/** Creates the release of stray leases. */
export function createStrays({ store, clock }: LeaseDeps, { worker, leaseMs }: LeaseOptions, bakeIds: RunningBakes): StrayLeases {
  let pauseMs = minPauseMs;
  let hasSucceeded = true;
  let releaseAt: number | null = null;
  return {
    expect(failed) {
      const at = clock.now() + (failed === 'pass' ? pauseMs : 0);
      releaseAt = Math.min(releaseAt ?? at, at);
    },
    passSucceeded() {
      hasSucceeded = true;
      pauseMs = minPauseMs;
    },
    async release(now) {
      if (releaseAt === null || now < releaseAt) return;
      await store.releaseClaims(worker, bakeIds());
      releaseAt = null;
      if (!hasSucceeded) pauseMs = Math.min(pauseMs * 2, leaseMs);
      hasSucceeded = false;
    },
  };
}
