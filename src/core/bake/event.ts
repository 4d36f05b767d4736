import type { NonEmpty } from '../base/non-empty.ts';
import type { Judgement, Unhealthy } from '../judge/judgement.ts';
import type { Facts, Freeze } from './facts.ts';

/** What happened to a bake, in the past tense. Every event carries its instant: `transition` has no clock. */
export type BakeEvent =
  | { readonly type: 'finished'; readonly at: number }
  /** The bake's `nextAt` came. `freeze`: looked up for a bake in stages, as it may want to shift traffic. */
  | { readonly type: 'elapsed'; readonly at: number; readonly freeze?: Freeze | null | undefined }
  /** All ticks up to `until` were measured (or tried) and judged. */
  | {
      readonly type: 'judged';
      readonly at: number;
      readonly until: number;
      readonly judgement: Exclude<Judgement, Unhealthy>;
      readonly freeze?: Freeze | null | undefined;
    }
  /** `before`: what the failing checks say of the time before the deploy, where every one of them failed then already. */
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
  | { readonly type: 'rollback_succeeded'; readonly at: number; readonly orderId: string; readonly summary: string }
  | {
      readonly type: 'rollback_failed';
      readonly at: number;
      readonly orderId: string;
      readonly outcome: 'no' | 'unknown';
      readonly reasons: NonEmpty<string>;
      /** The target is gone from the platform, and nothing was done: what the guards must know of going to the known-good release before it. */
      readonly gone?: Facts | undefined;
    }
  | { readonly type: 'shifted'; readonly at: number; readonly shiftId: string; readonly summary: string }
  | { readonly type: 'shift_failed'; readonly at: number; readonly shiftId: string; readonly reason: string }
  | { readonly type: 'passed_by_hand'; readonly at: number; readonly by: string; readonly why: string }
  | { readonly type: 'canceled'; readonly at: number; readonly by: string }
  | { readonly type: 'superseded'; readonly at: number; readonly by: string };
