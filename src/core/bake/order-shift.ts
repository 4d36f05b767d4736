import type { Bake, Shift } from './bake.ts';
import type { Plan } from './plan.ts';
import { trafficOf } from './traffic.ts';
import { type AcceptedTransition, accept, commonFields } from './transition-result.ts';

type After = Extract<Bake, { state: 'shifting' }>['after'];
type StageShift = Extract<After, { kind: 'stage' }>;

/** A rollback waits at most this long for the shift back: the rollback itself also takes users off the bad release. */
const maxShiftBackMs = 60_000;

const shiftMark = ':shift:';

/** The id of a shift order. It is made of the bake's id and the weight, so a repeated order has the same id. */
export function shiftId({ id }: Pick<Bake, 'id'>, weight: number): string {
  return `${id}${shiftMark}${weight}`;
}

/** Orders a shift. `after` happens once the shift is confirmed. */
export function orderShift(
  bake: Bake,
  { at, weight, after }: { readonly at: number; readonly weight: number; readonly after: After },
  plan: Plan,
): AcceptedTransition {
  const shift = { id: shiftId(bake, weight), weight };
  const nextAt = at + (after.kind === 'roll_back' ? Math.min(maxShiftBackMs, plan.rollbackMs) : plan.rollbackMs);
  return accept({ ...commonFields(bake), state: 'shifting', since: at, shift, after, nextAt }, { kind: 'shift', shift });
}

/**
 * Whether a shift order must still be performed. A shift back to 0 % must, even if the rollback has already begun. Any other outdated order must not.
 */
export function isShiftStillNeeded(bake: Bake, { id, weight }: Shift): boolean {
  if (bake.state === 'shifting') return bake.shift.id === id;
  return weight === 0 && (bake.state === 'rolling_back' || bake.state === 'verifying');
}

/** The kind of hook that performs an order, by the id of the order. */
export function hookKindOf(orderId: string): 'rollback hook' | 'traffic hook' {
  return orderId.includes(shiftMark) ? 'traffic hook' : 'rollback hook';
}

/** Orders the shift to a stage, counted from 1. Returns `null` if there is no such stage. */
export function orderStage(
  bake: Bake,
  { at, ...to }: Omit<StageShift, 'kind'> & { readonly at: number },
  plan: Plan,
): AcceptedTransition | null {
  const stage = trafficOf(bake, plan)?.stages[to.number - 1];
  return stage === undefined ? null : orderShift(bake, { at, weight: stage.weight, after: { kind: 'stage', ...to } }, plan);
}
