import type { DeployRecord } from './bake-store.ts';

/** Gives due bakes to workers. A bake belongs to one worker at a time. */
export interface BakeClaims {
  /** Claims at most `limit` due bakes for one worker until `now + leaseMs`. A commit through `BakeStore.update` ends the lease. */
  claimDue(claim: {
    readonly now: number;
    readonly leaseMs: number;
    readonly limit: number;
    readonly worker: string;
  }): Promise<readonly DeployRecord[]>;
  /** Ends all leases of a worker. The bakes stay as they are, and another worker (or the next start) can claim them at once. */
  releaseClaims(worker: string): Promise<void>;
  /** When the next bake can be claimed, or `null` where no bake is live. */
  nextDueAt(): Promise<number | null>;
}
