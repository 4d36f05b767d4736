import type { NonEmpty } from '../base/non-empty.ts';
import type { Interval } from '../base/window.ts';
import type { Cause, Target } from './deploy.ts';

/** An order to return to a known-good release. The id is deterministic, so that performing it twice can be noticed everywhere. */
export type Order = {
  readonly id: string;
  readonly target: Target;
  readonly reasons: NonEmpty<string>;
  /** Newer known-good releases that are gone from the platform. */
  readonly passedOver?: readonly Target[] | undefined;
};

/** An order to give the release so much of the traffic, in percent. Performing it twice does no harm: it says how much, not how much more. */
export type Shift = { readonly id: string; readonly weight: number };

/** Where a bake in stages is. `number` counts from 1; `leftOut` is when traffic was being shifted, and settled: nothing of it is judged. */
export type StageNow = {
  readonly number: number;
  readonly of: number;
  readonly weight: number;
  readonly leftOut: readonly Interval[];
};

/** What follows a shift forwards once it is confirmed. `until`: what was judged before it; `null` where nothing was. */
type AfterShift =
  | {
      readonly kind: 'stage';
      readonly number: number;
      readonly judged: { readonly from: number; readonly until: number } | null;
      readonly leftOut: readonly Interval[];
      /** How much longer, in all, the bake may still be extended. */
      readonly extendMs: number;
    }
  | { readonly kind: 'pass'; readonly by: string; readonly why: string };
/** What follows a shift back to 0 %, whether it is confirmed or not. */
type AfterShiftBack =
  | { readonly kind: 'roll_back' | 'ask'; readonly target: Target; readonly reasons: NonEmpty<string> }
  | { readonly kind: 'failed' | 'inconclusive'; readonly reasons: NonEmpty<string> };

/**
 * Where the watch over one deploy stands. `nextAt` is when the bake must be looked at again; all instants are epoch milliseconds.
 * `failed` means "needs a person now": a guard or policy held the rollback, the hook gave up, or the service did not recover.
 */
export type BakeState =
  /** `held`: why the first shift of a bake in stages has not been ordered yet. */
  | { readonly state: 'warming'; readonly nextAt: number; readonly held?: string | undefined }
  | {
      readonly state: 'shifting';
      readonly since: number;
      readonly shift: Shift;
      readonly after: AfterShift | AfterShiftBack;
      readonly nextAt: number;
    }
  | {
      readonly state: 'baking';
      /** The first judged tick starts here, on a multiple of the step. */
      readonly from: number;
      /** The planned end: of the stage, where there are stages. */
      readonly endsAt: number;
      /** No extension goes beyond this. */
      readonly limitAt: number;
      readonly nextAt: number;
      /** Since when no provider answers, and whether people have been told. */
      readonly blind: { readonly since: number; readonly told: boolean } | null;
      /** How often people have been told that nothing can be asked. */
      readonly timesBlind?: number | undefined;
      /** Why the bake is not decided yet; shown while waiting. */
      readonly reasons: readonly string[];
      readonly stage?: StageNow | undefined;
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
 * `weight` is the share of the traffic, in percent, that the last confirmed shift gave the release; missing where nothing was shifted. `aloneFrom` is
 * when its last stage began, in which it has all of it.
 */
export type Bake = {
  readonly id: string;
  readonly cause: Cause['kind'];
  readonly begunAt: number;
  readonly deployedAt: number | null;
  readonly weight?: number | undefined;
  readonly aloneFrom?: number | undefined;
} & BakeState;

export type StateName = BakeState['state'];
type ShiftingBake = Extract<Bake, { state: 'shifting' }>;
export type ShiftingBackBake = ShiftingBake & { readonly after: AfterShiftBack };
export type FinalBake = Extract<Bake, { state: 'passed' | 'rolled_back' | 'inconclusive' | 'failed' | 'canceled' | 'superseded' }>;

/** Nothing happens to a final bake by itself; it moves again only when a person asks for a rollback. */
export function isFinal(bake: Bake): bake is FinalBake {
  return !('nextAt' in bake);
}

/** A newer deploy of the same service and environment ends a bake in one of these states. */
export function isSupersedable(bake: Bake): boolean {
  return (
    bake.state === 'warming' ||
    bake.state === 'baking' ||
    bake.state === 'awaiting_approval' ||
    (bake.state === 'shifting' && !isShiftingBack(bake))
  );
}

/** A release that is losing its traffic was found bad, or could not be given more of it: that is seen through. */
export function isShiftingBack(bake: Bake): bake is ShiftingBackBake {
  return bake.state === 'shifting' && bake.after.kind !== 'stage' && bake.after.kind !== 'pass';
}
