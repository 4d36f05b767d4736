import type { QueuedEffect } from '../core/bake/effect.ts';

/** Performs one effect. It throws when the effect must be retried. */
export type EffectHandler = (effect: QueuedEffect, signal: AbortSignal) => Promise<void>;

/**
 * Effects that are committed but not yet performed. `BakeStore.register` and `BakeStore.update` fill the queue in the same transaction as the state that
 * caused the effects. A handler that throws is called again with growing pauses, until the queue gives up; then `gaveUp` is called.
 */
export interface EffectQueue {
  start(handlers: { readonly perform: EffectHandler; readonly gaveUp: (effect: QueuedEffect) => Promise<void> }): Promise<void>;
  /**
   * Lets the effects that an ended process was performing be taken at once; else they wait until its heartbeat is missed. Only for a process that shares
   * the database with no other, before its `start`.
   */
  freeTaken(): Promise<void>;
  /** Takes no more effects until `resume`; other servers take them. Handlers that run go on. Idempotent, as `resume` is. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Takes no more effects and waits for running handlers, at most `timeoutMs`. Then it aborts the others, and gives them a moment to record that. */
  stop(timeoutMs: number): Promise<void>;
  /** Age in milliseconds of the oldest effect that is not yet performed; 0 without such an effect. */
  oldestAgeMs(now: number): Promise<number>;
}
