import type { Cause, Target } from './deploy.ts';
import type { NonEmpty } from './non-empty.ts';

/** An order to return to a known-good release. The id is deterministic, so that performing it twice can be noticed everywhere. */
export type Order = {
  readonly id: string;
  readonly target: Target;
  readonly reasons: NonEmpty<string>;
  /** Newer known-good releases that are gone from the platform. */
  readonly passedOver?: readonly Target[] | undefined;
};

/**
 * Where the watch over one deploy stands. `nextAt` is when the bake must be looked at again; all instants are epoch milliseconds.
 * `failed` means "needs a person now": a guard or policy held the rollback, the hook gave up, or the service did not recover.
 */
export type BakeState =
  | { readonly state: 'warming'; readonly nextAt: number }
  | {
      readonly state: 'baking';
      /** The first judged tick starts here, on a multiple of the step. */
      readonly from: number;
      readonly endsAt: number;
      /** No extension goes beyond this. */
      readonly limitAt: number;
      readonly nextAt: number;
      /** Since when no provider answers, and whether people have been told. */
      readonly blind: { readonly since: number; readonly told: boolean } | null;
      /** Why the bake is not decided yet; shown while waiting. */
      readonly reasons: readonly string[];
    }
  | {
      readonly state: 'awaiting_approval';
      readonly since: number;
      readonly target: Target;
      readonly reasons: NonEmpty<string>;
      readonly passedOver?: readonly Target[] | undefined;
      readonly nextAt: number;
    }
  | { readonly state: 'rolling_back'; readonly since: number; readonly order: Order; readonly nextAt: number }
  | {
      readonly state: 'verifying';
      readonly since: number;
      readonly order: Order;
      readonly from: number;
      readonly endsAt: number;
      readonly nextAt: number;
      /** Consecutive ticks judged healthy since the rollback. */
      readonly healthyTicks: number;
    }
  | {
      readonly state: 'passed';
      readonly at: number;
      readonly by: string | null;
      readonly confidence: 'full' | 'low';
      readonly reasons: NonEmpty<string>;
    }
  | { readonly state: 'rolled_back'; readonly at: number; readonly order: Order }
  | { readonly state: 'inconclusive'; readonly at: number; readonly reasons: NonEmpty<string> }
  | { readonly state: 'failed'; readonly at: number; readonly rolledBack: 'no' | 'yes' | 'unknown'; readonly reasons: NonEmpty<string> }
  | { readonly state: 'canceled' | 'superseded'; readonly at: number; readonly by: string };

/**
 * The watch over one deploy. It has the deploy's id.
 * `begunAt` is the registration; `deployedAt` is `null` until the pipeline says that a deploy registered with `phase: started` has finished.
 */
export type Bake = {
  readonly id: string;
  readonly cause: Cause['kind'];
  readonly begunAt: number;
  readonly deployedAt: number | null;
} & BakeState;

export type StateName = BakeState['state'];
export type FinalBake = Extract<Bake, { state: 'passed' | 'rolled_back' | 'inconclusive' | 'failed' | 'canceled' | 'superseded' }>;

/** Nothing happens to a final bake by itself; it moves again only when a person asks for a rollback. */
export function isFinal(bake: Bake): bake is FinalBake {
  return !('nextAt' in bake);
}

/** A newer deploy of the same service and environment ends a bake in one of these states. */
export function isSupersedable(bake: Bake): boolean {
  return bake.state === 'warming' || bake.state === 'baking' || bake.state === 'awaiting_approval';
}
