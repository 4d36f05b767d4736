/** A bake whose ticks were deleted, and the number of deleted measurements. */
export type PruneResult = { readonly bakeId: string; readonly measurements: number };

/** What keeps the database small and shows that it works. */
export interface StoreMaintenance {
  /**
   * Deletes the ticks and histories of one bake: the one that ended first of those that ended before `endedBefore`. The deploy, its end, its timeline, its
   * attempts and the last answer of each check in words stay. `null`: no bake is old enough, or another replica is pruning.
   */
  prune(request: { readonly endedBefore: number; readonly at: number }): Promise<PruneResult | null>;
  /** Proves that the database answers, within about a second, also where other calls wait for it. */
  ping(): Promise<void>;
  /** The time of the database, which all replicas share. */
  now(): Promise<number>;
}
