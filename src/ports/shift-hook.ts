import type { Place, Receipt } from './hook.ts';

/** A share of the traffic as the hook sees it. `id` is the idempotency key: the same order may be handed over more than once. */
export type ShiftOrder = {
  readonly id: string;
  readonly place: Place;
  /** The release that gets the share; the stable one gets the rest. */
  readonly release: { readonly version: string };
  /** In percent, 0 to 100. */
  readonly weight: number;
};

/** Proof of a shift. `alreadyThere`: the share was right before it acted. */
export type ShiftReceipt = Pick<Receipt, 'summary' | 'alreadyThere' | 'output'>;

/** Acts on the world to shift traffic between the release and the stable one beside it; decides nothing. */
export interface ShiftHook {
  /** The share that the release gets now, in percent; `null` where the hook has no way to ask. Throws `EffectError`. */
  weight(place: Place, signal: AbortSignal): Promise<number | null>;
  /**
   * Gives the release the share. Looks first: "already there" is success, and so is doing it twice. Throws `EffectError`: `unreachable` only when nothing
   * certainly was done; `timeout` when it may have been.
   */
  shift(order: ShiftOrder, signal: AbortSignal): Promise<ShiftReceipt>;
  /** Does everything but act, like `RollbackHook.rehearse`. */
  rehearse(order: ShiftOrder, signal: AbortSignal): Promise<readonly string[]>;
}
