/** The bakes of one batch from which something was deleted, and the number of deleted measurements. */
export type PruneResult = { readonly bakeIds: readonly string[]; readonly measurements: number };

/**
 * What of a finished bake the retention deletes, from the largest and first to the last.
 * - `pasts`: the past that each check was compared with; the newest deploy of each place keeps its own, because the next one goes on from it.
 * - `measurements`: all of them but the last of each check, in words; the pasts that are left; which notices were delivered.
 * - `deploys`: everything, deploy and timeline included. Each place keeps its newest deploys and its last known-good ones.
 */
export type Prunable = 'pasts' | 'measurements' | 'deploys';

/** A batch of at most `limit` bakes that ended before `endedBefore`. */
export type PruneRequest = { readonly what: Prunable; readonly endedBefore: number; readonly at: number; readonly limit: number };

/** What keeps the database small and shows that it works. */
export interface StoreMaintenance {
  /** Deletes from the bakes that ended first, in one short transaction. `null`: nothing is old enough, or another replica is pruning. */
  prune(request: PruneRequest): Promise<PruneResult | null>;
  /** Deletes pushed alerts of which nothing was heard since `before`, and returns how many. */
  pruneAlerts(before: number): Promise<number>;
  /** Proves that the database answers, within about a second, also where other calls wait for it. */
  ping(): Promise<void>;
  /** The time of the database, which all replicas share. */
  now(): Promise<number>;
}
