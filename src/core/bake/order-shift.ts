import type { Bake, Shift } from './bake.ts';
import type { Plan } from './plan.ts';
import { trafficOf } from './traffic.ts';
import { type AcceptedTransition, accept, commonFields } from './transition-result.ts';

type After = Extract<Bake, { state: 'shifting' }>['after'];
type StageShift = Extract<After, { kind: 'stage' }>;

/** A rollback waits no longer than this for the traffic to be shifted back: it takes users off the bad release as well. */
const maxShiftBackMs = 60_000;

const shiftMark = ':shift:';

/** The id of an order to shift is the bake's and the weight's, so ordering the same twice is the same order. */
export function shiftId({ id }: Pick<Bake, 'id'>, weight: number): string {
  return `${id}${shiftMark}${weight}`;
}

/** Orders a shift; what follows happens once it is confirmed. */
export function orderShift(
  bake: Bake,
  wanted: { readonly at: number; readonly weight: number; readonly after: After },
  plan: Plan,
): AcceptedTransition {
  const { at, weight, after } = wanted;
  const shift = { id: shiftId(bake, weight), weight };
  const nextAt = at + (after.kind === 'roll_back' ? Math.min(maxShiftBackMs, plan.rollbackMs) : plan.rollbackMs);
  return accept({ ...commonFields(bake), state: 'shifting', since: at, shift, after, nextAt }, { kind: 'shift', shift });
}

/**
 * Whether an order to shift is still to be performed. One that takes all traffic back is, also when the rollback has begun without it; any other that
 * was overtaken is not.
 */
export function isShiftStillNeeded(bake: Bake, { id, weight }: Shift): boolean {
  if (bake.state === 'shifting') return bake.shift.id === id;
  return weight === 0 && (bake.state === 'rolling_back' || bake.state === 'verifying');
}

/** Which hook tried to perform an order, by the order's id. */
export function hookKindOf(orderId: string): 'rollback hook' | 'traffic hook' {
  return orderId.includes(shiftMark) ? 'traffic hook' : 'rollback hook';
}

/** Orders the shift into a stage, counted from 1; `null` where there is no such stage. */
export function orderStage(
  bake: Bake,
  { at, ...to }: Omit<StageShift, 'kind'> & { readonly at: number },
  plan: Plan,
): AcceptedTransition | null {
  const stage = trafficOf(bake, plan)?.stages[to.number - 1];
  return stage === undefined ? null : orderShift(bake, { at, weight: stage.weight, after: { kind: 'stage', ...to } }, plan);
}
