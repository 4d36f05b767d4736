import type { Target } from '../core/bake/deploy.ts';

/** A service in one environment. Every name matches the strict pattern of `core/base/name-pattern.ts`. */
export type Place = { readonly service: string; readonly environment: string };

/** What the platform reports as running, in its own terms; `null` where the hook cannot ask. */
export type Fingerprint = string | null;

/** A rollback as the hook sees it. `id` is the idempotency key: the hook can get the same order more than once. */
export type RollbackOrder = {
  readonly id: string;
  readonly place: Place;
  /** The bad release. `fingerprint`: what the platform reported as running when its deploy had finished. */
  readonly from: { readonly version: string; readonly fingerprint?: string | undefined };
  readonly target: Target;
  readonly reasons: readonly string[];
  /**
   * Act although the target seems to run: an earlier attempt may have stopped after the switch and before what follows it (a restart, a reload), or
   * a person asks again. Every action names its target, so repeating it does no harm.
   */
  readonly mustAct?: boolean | undefined;
  /** A roll forward: a person puts a release back that was rolled back, so a mark of the platform that it is bad does not count. */
  readonly isForward?: boolean | undefined;
};

/** Proof of what a hook did. `alreadyThere`: the target was running before it acted. `output`: what it printed, truncated and redacted. */
export type Receipt = {
  readonly summary: string;
  readonly alreadyThere: boolean;
  readonly fingerprint: Fingerprint;
  readonly output: string;
};

/** Gets all that a program has printed up to now: the whole text each time, in whole lines, truncated and redacted. Does not throw. */
export type OnOutput = (soFar: string) => void;

/** How long a hook may work on one order. */
export type HookTime = {
  /** The maximum duration of one order without the looks at what runs. Some seconds after it the caller ends the work. */
  readonly timeoutMs: number;
  /** True: another machine does the work, and goes on with it when this process ends. Missing: the work is done by programs that this process starts. */
  readonly isRemote?: true | undefined;
};

/** Performs rollbacks on a platform; decides nothing. */
export interface RollbackHook extends HookTime {
  /** Returns what runs now, or `null` where the hook cannot tell. Throws `EffectError`. */
  current(place: Place, signal: AbortSignal): Promise<Fingerprint>;
  /**
   * Puts the target back. Looks first: "already there" is success, unless the order must act. A command gets names as single arguments, never as shell text.
   * Throws `EffectError`: `unreachable` only when the command certainly did not run; `timeout` when it may have. Where the hook runs programs, `onOutput`
   * gets their output while they run.
   */
  rollBack(order: RollbackOrder, signal: AbortSignal, onOutput?: OnOutput): Promise<Receipt>;
  /**
   * Checks without changing anything: rights, reachability and the target, with a dry run where the platform has one. Returns its findings, one sentence
   * each and at least one. Throws `EffectError` where a rollback would not work, and `refused` where nothing can be checked.
   */
  rehearse(order: RollbackOrder, signal: AbortSignal): Promise<readonly string[]>;
}
