import type { TimelineEntry } from '../core/bake/narrate.ts';

/** One attempt to perform an order. It is recorded before the hook starts. `outcome: null`: it started, and its end was never recorded. */
export type Attempt = {
  readonly orderId: string;
  /** The effect that carried the order. A person can give the same order again, with a new effect. */
  readonly effectId: string;
  readonly bakeId: string;
  readonly number: number;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly outcome: string | null;
  readonly output: string;
};

/** The append-only record of what happened to each deploy, and of every attempt of a hook. */
export interface AuditLog {
  timeline(bakeId: string): Promise<readonly TimelineEntry[]>;
  appendTimeline(bakeId: string, entry: TimelineEntry): Promise<void>;
  attempts(bakeId: string): Promise<readonly Attempt[]>;
  /** Records the start of an attempt, before the hook runs. Returns its number and the earlier attempts at the same order. */
  beginAttempt(attempt: {
    readonly orderId: string;
    readonly effectId: string;
    readonly bakeId: string;
    readonly at: number;
  }): Promise<{ readonly number: number; readonly earlier: readonly Attempt[] }>;
  /** Stores what the hook has printed up to now. Changes nothing after the end of the attempt. */
  saveAttemptOutput(attempt: { readonly orderId: string; readonly number: number; readonly output: string }): Promise<void>;
  endAttempt(attempt: {
    readonly orderId: string;
    readonly number: number;
    readonly at: number;
    readonly outcome: string;
    readonly output: string;
  }): Promise<void>;
}
