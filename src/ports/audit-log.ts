import type { TimelineEntry } from '../core/bake/narrate.ts';
import type { AttemptOwner, ProcessRef } from './process-table.ts';

/** One attempt at an order. Of all attempts at an order, only the newest may change anything: its number is the fencing token. */
export type AttemptRef = { readonly orderId: string; readonly number: number };

/** The program that an attempt runs. `hasOutlived`: it was seen at work after its server had ended, so it did not end with it. */
export type AttemptProgram = ProcessRef & { readonly hasOutlived?: true | undefined };

/** One attempt to perform an order. It is recorded before the hook starts. `outcome: null`: it started, and its end was never recorded. */
export type Attempt = AttemptRef & {
  /** The effect that carried the order. A person can give the same order again, with a new effect. */
  readonly effectId: string;
  readonly bakeId: string;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly outcome: string | null;
  readonly output: string;
  /** Until when its hook may run; after that, its server ends the hook. Missing: an older version began it. */
  readonly deadlineAt?: number | undefined;
  /** The server that performs it, and the program that the hook runs now. Missing: unknown. */
  readonly owner?: AttemptOwner | undefined;
  readonly program?: AttemptProgram | undefined;
};

/** An attempt that begins. `after`: the newest attempt at the order that the caller knows of, 0 for none. */
export type NewAttempt = {
  readonly orderId: string;
  readonly effectId: string;
  readonly bakeId: string;
  readonly at: number;
  readonly after?: number | undefined;
  readonly deadlineAt?: number | undefined;
  readonly owner?: AttemptOwner | undefined;
  readonly program?: AttemptProgram | undefined;
};

/** The append-only record of what happened to each deploy, and of every attempt of a hook. */
export interface AuditLog {
  timeline(bakeId: string): Promise<readonly TimelineEntry[]>;
  appendTimeline(bakeId: string, entry: TimelineEntry): Promise<void>;
  attempts(bakeId: string): Promise<readonly Attempt[]>;
  /**
   * Records the start of an attempt, before the hook runs. Returns its number and the earlier attempts at the same order. Throws `AppError('conflict')` if
   * another attempt began after `after`.
   */
  beginAttempt(attempt: NewAttempt): Promise<{ readonly number: number; readonly earlier: readonly Attempt[] }>;
  /** Stores what the hook has printed up to now. Changes nothing after the end of the attempt, or once a newer attempt has begun. */
  saveAttemptOutput(attempt: AttemptRef & { readonly output: string }): Promise<void>;
  /** Stores the program that the hook runs now; `null`: unknown. Returns false, and stores nothing, once the attempt has ended or a newer one has begun. */
  saveAttemptProgram(attempt: AttemptRef & { readonly program: AttemptProgram | null }): Promise<boolean>;
  /** Records the end of an attempt. Returns false, and stores nothing, once it has ended or a newer attempt has begun. */
  endAttempt(attempt: AttemptRef & { readonly at: number; readonly outcome: string; readonly output: string }): Promise<boolean>;
}
