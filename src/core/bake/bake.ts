import type { NonEmpty } from '../base/non-empty.ts';
import type { Interval } from '../base/window.ts';
import type { Cause, Target } from './deploy.ts';

/** An order to return to a known-good release. The id is deterministic, so every receiver can notice a repeat. */
export type Order = {
  readonly id: string;
  readonly target: Target;
  readonly reasons: NonEmpty<string>;
  /** Newer known-good releases that are no longer on the platform. */
  readonly passedOver?: readonly Target[] | undefined;
  /** The order is given again, because the target ran already and no recovery was seen. */
  readonly isRepeated?: true | undefined;
  /** Set for a roll forward: the target is the bake's own release, and replaces the one to which it was rolled back. */
  readonly replaces?: ReplacedRelease | undefined;
};

/** The release that a roll forward replaces. `rolledBack`: whether that release certainly ran when the roll forward was requested. */
export type ReplacedRelease = { readonly target: Target; readonly rolledBack: 'yes' | 'unknown' };

/** An order to give the release a share of the traffic, in percent. Idempotent: the weight is absolute, not a change. */
export type Shift = { readonly id: string; readonly weight: number };

/** The current stage of a bake. `number` counts from 1. `leftOut` are the times in which traffic was shifted and settled: they are not judged. */
export type StageNow = {
  readonly number: number;
  readonly of: number;
  readonly weight: number;
  readonly leftOut: readonly Interval[];
};

/** What follows a shift to more traffic, once it is confirmed. `judged`: the range that was judged before it, or `null`. */
type AfterShift =
  | {
      readonly kind: 'stage';
      readonly number: number;
      readonly judged: { readonly from: number; readonly until: number } | null;
      readonly leftOut: readonly Interval[];
      /** Why the stage before it ended undecided: the rules say so. */
      readonly byRule?: string | undefined;
      /** The rest of the maximum extension. */
      readonly extendMs: number;
    }
  | { readonly kind: 'pass'; readonly by: string; readonly why: string };
/** What follows a shift back to 0 %, confirmed or not. */
type AfterShiftBack =
  | { readonly kind: 'roll_back' | 'ask'; readonly target: Target; readonly reasons: NonEmpty<string> }
  | { readonly kind: 'failed' | 'inconclusive'; readonly reasons: NonEmpty<string> };

/**
 * The state of a bake. `nextAt` is when the next pass over the bake is due. All instants are epoch milliseconds.
 * `failed` means that a person must act now: a guard or the policy held the rollback, the hook gave up, or the service did not recover.
 */
export type BakeState =
  /** `held`: why the first shift of a bake in stages is not ordered yet. */
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
      /** The start of the first judged tick, a multiple of the step. */
      readonly from: number;
      /** The planned end of the bake or, with stages, of this stage. */
      readonly endsAt: number;
      /** The latest end: extensions included. */
      readonly limitAt: number;
      readonly nextAt: number;
      /** Since when no provider answers. `told`: people were notified. `null`: the providers answer. */
      readonly blind: { readonly since: number; readonly told: boolean } | null;
      /** How often people were notified that no provider answers. */
      readonly timesBlind?: number | undefined;
      /** Since when a failure does not count, because a check of a dependency fails too. People are notified once. */
      readonly excusedSince?: number | undefined;
      /** Why the bake is not decided yet. The pages show it. */
      readonly reasons: readonly string[];
      readonly stage?: StageNow | undefined;
      /** Since when the bake, or this stage, goes on beyond its planned end. `reasons` say why. */
      readonly extendedSince?: number | undefined;
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
      /** The number of consecutive healthy ticks since the rollback. */
      readonly healthyTicks: number;
      /** The target ran already, so that the hook did nothing. If no recovery is seen, it acts once. */
      readonly isUntouched?: true | undefined;
    }
  | {
      readonly state: 'passed';
      readonly at: number;
      readonly by: string | null;
      readonly confidence: 'full' | 'low';
      readonly reasons: NonEmpty<string>;
    }
  /** `unconfirmed`: why the recovery could not be measured. Nothing bad was seen. */
  | { readonly state: 'rolled_back'; readonly at: number; readonly order: Order; readonly unconfirmed?: NonEmpty<string> | undefined }
  /** `isClean`: the release ran with all of the traffic, and nothing was seen against it. It may be an unverified target. */
  | { readonly state: 'inconclusive'; readonly at: number; readonly reasons: NonEmpty<string>; readonly isClean?: true | undefined }
  /** `rolledBackTo`: the target of the rollback that was performed, or may have been. Missing in bakes of older versions. */
  | {
      readonly state: 'failed';
      readonly at: number;
      readonly rolledBack: 'no' | 'yes' | 'unknown';
      readonly reasons: NonEmpty<string>;
      readonly rolledBackTo?: Target | undefined;
    }
  /** `by`: a person, or the id of the deploy that superseded this one; then `byVersion` is its release. It is missing in bakes of older versions. */
  | { readonly state: 'canceled' | 'superseded'; readonly at: number; readonly by: string; readonly byVersion?: string | undefined };

/**
 * The watch over one deploy. It has the id of the deploy.
 * - `begunAt`: when the deploy was registered.
 * - `deployedAt`: when the deploy finished; `null` until the pipeline reports that a deploy registered with `phase: started` has finished.
 * - `weight`: the release's share of the traffic in percent, after the last confirmed shift; missing if no traffic was shifted.
 * - `aloneFrom`: when the last stage began, in which the release has all traffic.
 * - `didNotHelp`: the checks still failed after the rollback, so the release is not counted as bad.
 * - `forwards`: how often a person ordered to roll forward to this release.
 * - `clearAt`: when every critical check had ruled out harm for the first time. The bake goes on, and may still fail.
 */
export type Bake = {
  readonly id: string;
  readonly cause: Cause['kind'];
  readonly begunAt: number;
  readonly deployedAt: number | null;
  readonly weight?: number | undefined;
  readonly aloneFrom?: number | undefined;
  readonly clearAt?: number | undefined;
  readonly didNotHelp?: true | undefined;
  readonly forwards?: number | undefined;
} & BakeState;

/** The name of a bake's state. */
export type StateName = BakeState['state'];
export type BakingBake = Extract<Bake, { state: 'baking' }>;
type ShiftingBake = Extract<Bake, { state: 'shifting' }>;
/** A bake whose release loses its traffic. */
export type ShiftingBackBake = ShiftingBake & { readonly after: AfterShiftBack };
/** A bake that has ended. */
export type FinalBake = Extract<Bake, { state: 'passed' | 'rolled_back' | 'inconclusive' | 'failed' | 'canceled' | 'superseded' }>;

/** Whether the bake has ended. A final bake changes again only when a person requests a rollback. */
export function isFinal(bake: Bake): bake is FinalBake {
  return !('nextAt' in bake);
}

/** Until when only the previous release ran: until the registration, or until the deploy finished where it was registered late. */
export function previousUntil({ begunAt, deployedAt }: Pick<Bake, 'begunAt' | 'deployedAt'>): number {
  return Math.min(begunAt, deployedAt ?? begunAt);
}

/** Whether every critical check has ruled out harm, and nothing bad was found since. */
export function isClear({ state, clearAt }: Bake): boolean {
  return clearAt !== undefined && (state === 'baking' || state === 'passed');
}

/** Whether the release is being put back by a roll forward, or runs because of one. */
export function isRolledForward(bake: Bake): boolean {
  if (bake.state === 'rolling_back' || bake.state === 'verifying') return bake.order.replaces !== undefined;
  return bake.forwards !== undefined && (bake.state === 'inconclusive' || (bake.state === 'failed' && bake.rolledBack === 'no'));
}

/** Whether a newer deploy of the same service and environment ends this bake. */
export function isSupersedable(bake: Bake): boolean {
  return (
    bake.state === 'warming' ||
    bake.state === 'baking' ||
    bake.state === 'awaiting_approval' ||
    (bake.state === 'shifting' && !isShiftingBack(bake))
  );
}

/** Whether traffic is being shifted back to the stable release, because the release is bad or a shift failed. This is never interrupted. */
export function isShiftingBack(bake: Bake): bake is ShiftingBackBake {
  return bake.state === 'shifting' && bake.after.kind !== 'stage' && bake.after.kind !== 'pass';
}
