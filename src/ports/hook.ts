import type { Target } from '../core/bake/deploy.ts';

/** Whose rollback it is. Every name matches the strict pattern of `core/base/names.ts`. */
export type Place = { readonly service: string; readonly environment: string };

/** What the platform says is running, in its own terms; `null` where this hook has no way to ask. */
export type Fingerprint = string | null;

/** A rollback as the hook sees it. `id` is the idempotency key: the same order may be handed over more than once. */
export type RollbackOrder = {
  readonly id: string;
  readonly place: Place;
  readonly from: { readonly version: string };
  readonly target: Target;
  readonly reasons: readonly string[];
};

/** Proof of what a hook did. `alreadyThere`: the target was running before it acted. `output`: what it printed, capped and redacted. */
export type Receipt = {
  readonly summary: string;
  readonly alreadyThere: boolean;
  readonly fingerprint: Fingerprint;
  readonly output: string;
};

/** Told what a program printed so far, in whole lines, capped and redacted: the whole text each time, not what was added. Does not throw. */
export type OnOutput = (soFar: string) => void;

/** Acts on the world to roll back; decides nothing. */
export interface RollbackHook {
  /** What runs now. `null` where the hook cannot tell. Throws `EffectError`. */
  current(place: Place, signal: AbortSignal): Promise<Fingerprint>;
  /**
   * Puts the target back. Looks first: "already there" is success. Names reach a command as single arguments, never as shell text.
   * Throws `EffectError`: `unreachable` only when the command certainly did not run; `timeout` when it may have. Where it runs programs, `onOutput`
   * hears what they print while they run.
   */
  rollBack(order: RollbackOrder, signal: AbortSignal, onOutput?: OnOutput): Promise<Receipt>;
  /**
   * Does everything but act: proves what can be proved of rights, reachability and the target without changing anything, with a dry run where the
   * platform has one. Answers what was found, a sentence each, never none. Throws `EffectError` where a rollback would not work, and `refused` where
   * nothing at all can be proved.
   */
  rehearse(order: RollbackOrder, signal: AbortSignal): Promise<readonly string[]>;
}
