import type { HookTime, Place, Receipt } from './hook.ts';

/** A shift of traffic as the hook sees it. `id` is the idempotency key: the hook can get the same order more than once. */
export type ShiftOrder = {
  readonly id: string;
  readonly place: Place;
  /** The release that gets the share; the stable release gets the rest. */
  readonly release: { readonly version: string };
  /** In percent, 0 to 100. */
  readonly weight: number;
};

/** Proof of a shift. `alreadyThere`: the release had the share before the hook acted. */
export type ShiftReceipt = Pick<Receipt, 'summary' | 'alreadyThere' | 'output'>;

/** Shifts traffic between a release and the stable release that runs with it; decides nothing. */
export interface ShiftHook extends HookTime {
  /** Returns the share of the release in percent, or `null` where the hook cannot ask. Throws `EffectError`. */
  weight(place: Place, signal: AbortSignal): Promise<number | null>;
  /**
   * Gives the release the share. Idempotent: it looks first, and "already there" is success. Throws `EffectError`: `unreachable` only when certainly
   * nothing was changed; `timeout` when something may have changed.
   */
  shift(order: ShiftOrder, signal: AbortSignal): Promise<ShiftReceipt>;
  /** Checks without changing anything, like `RollbackHook.rehearse`. */
  rehearse(order: ShiftOrder, signal: AbortSignal): Promise<readonly string[]>;
}
