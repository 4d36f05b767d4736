import type { DeployRecord } from './bake-store.ts';

/** Gives due bakes to workers. A bake belongs to one worker at a time. */
export interface BakeClaims {
  /**
   * Claims at most `limit` due bakes for one worker until `now + leaseMs`: those that are due for longest, where an urgent bake counts as due some seconds
   * longer (`headStartOf`). A commit through `BakeStore.update` ends the lease.
   */
  claimDue(claim: {
    readonly now: number;
    readonly leaseMs: number;
    readonly limit: number;
    readonly worker: string;
  }): Promise<readonly DeployRecord[]>;
  /** Extends the leases that a worker still has on these bakes. A bake that it has no lease on stays as it is. */
  renewClaims(renewal: { readonly worker: string; readonly bakeIds: readonly string[]; readonly until: number }): Promise<void>;
  /**
   * Ends the leases of a worker, but not those on the bakes in `except`. The bakes stay as they are, and another worker (or the next start) can claim them
   * at once.
   */
  releaseClaims(worker: string, except?: readonly string[]): Promise<void>;
  /** When the next bake can be claimed, or `null` where no bake is live. */
  nextDueAt(): Promise<number | null>;
  /** How many bakes are live. */
  countLive(): Promise<number>;
}
