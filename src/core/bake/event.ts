import type { NonEmpty } from '../base/non-empty.ts';
import type { Judgement, Unhealthy } from '../judge/judgement.ts';
import type { Target } from './deploy.ts';
import type { Facts, Freeze } from './facts.ts';

/** What happened to a bake, in the past tense. Every event carries its time, because `transition` has no clock. */
export type BakeEvent =
  | { readonly type: 'finished'; readonly at: number }
  /** `nextAt` of the bake was reached. `freeze` is read only for a bake in stages, which may shift traffic. */
  | { readonly type: 'elapsed'; readonly at: number; readonly freeze?: Freeze | null | undefined }
  /** All ticks up to `until` were measured (or their query failed) and judged. */
  | {
      readonly type: 'judged';
      readonly at: number;
      readonly until: number;
      readonly judgement: Exclude<Judgement, Unhealthy>;
      readonly freeze?: Freeze | null | undefined;
      /** Read only where the rules may roll back what is undecided (`mayRollBackUndecided`). */
      readonly facts?: Facts | undefined;
    }
  /** `before`: the reasons of the failing checks for the time before the deploy, if every one of them failed then too. Otherwise `null`. */
  | {
      readonly type: 'judged';
      readonly at: number;
      readonly until: number;
      readonly judgement: Unhealthy;
      readonly facts: Facts;
      readonly before: string | null;
    }
  | { readonly type: 'extended'; readonly at: number; readonly byMs: number }
  | { readonly type: 'approved'; readonly at: number; readonly by: string }
  | { readonly type: 'rollback_requested'; readonly at: number; readonly by: string; readonly why: string; readonly facts: Facts }
  /**
   * A person requests to put the release back that was rolled back. `own`: this release. `isExonerated`: a mark says that it was not the cause.
   * `isConfirmed`: the person confirms what would hold an automatic order.
   */
  | {
      readonly type: 'forward_requested';
      readonly at: number;
      readonly by: string;
      readonly why: string;
      readonly own: Target;
      readonly isExonerated: boolean;
      readonly isConfirmed: boolean;
      readonly facts: Facts;
    }
  /** `alreadyThere`: the target ran before the hook could act, so nothing was done. */
  | {
      readonly type: 'rollback_succeeded';
      readonly at: number;
      readonly orderId: string;
      readonly summary: string;
      readonly alreadyThere?: boolean | undefined;
    }
  | {
      readonly type: 'rollback_failed';
      readonly at: number;
      readonly orderId: string;
      readonly outcome: 'no' | 'unknown';
      readonly reasons: NonEmpty<string>;
      /** Set if the target is no longer on the platform and the hook did nothing: the facts for a rollback to the known-good release before it. */
      readonly gone?: Facts | undefined;
    }
  | { readonly type: 'shifted'; readonly at: number; readonly shiftId: string; readonly summary: string }
  | { readonly type: 'shift_failed'; readonly at: number; readonly shiftId: string; readonly reason: string }
  | { readonly type: 'passed_by_hand'; readonly at: number; readonly by: string; readonly why: string }
  | { readonly type: 'canceled'; readonly at: number; readonly by: string }
  | { readonly type: 'superseded'; readonly at: number; readonly by: string; readonly version?: string };

/** The event of a pass over the checks. */
export type JudgedEvent = Extract<BakeEvent, { type: 'judged' }>;
