import { nonEmpty } from '../base/non-empty.ts';
import { formatWeight, type Traffic } from '../rules/stage.ts';
import { type Bake, isShiftingBack, type Shift } from './bake.ts';
import type { Freeze } from './facts.ts';
import type { Plan } from './plan.ts';
import { type AcceptedTransition, accept, baseOf } from './transition-result.ts';

type After = Extract<Bake, { state: 'shifting' }>['after'];
type StageShift = Extract<After, { kind: 'stage' }>;

/** A rollback waits no longer than this for the traffic to be shifted back: it takes users off the bad release as well. */
const hurryMs = 60_000;

/** The stages of a bake, or `null` where its traffic is not ours to shift: nobody asked for it, we only observe, or it is a rollback, which must be quick. */
export function trafficOf(bake: Bake, plan: Plan): Traffic | null {
  return plan.observeOnly || bake.cause === 'rollback' ? null : plan.traffic;
}

const mark = ':shift:';

/** The id of an order to shift is the bake's and the weight's, so ordering the same twice is the same order. */
export function shiftId({ id }: Pick<Bake, 'id'>, weight: number): string {
  return `${id}${mark}${weight}`;
}

/** Orders a shift; what follows happens once it is confirmed. */
export function orderShift(
  bake: Bake,
  wanted: { readonly at: number; readonly weight: number; readonly after: After },
  plan: Plan,
): AcceptedTransition {
  const { at, weight, after } = wanted;
  const shift = { id: shiftId(bake, weight), weight };
  const nextAt = at + (after.kind === 'roll_back' ? Math.min(hurryMs, plan.rollbackMs) : plan.rollbackMs);
  return accept({ ...baseOf(bake), state: 'shifting', since: at, shift, after, nextAt }, { kind: 'shift', shift });
}

/**
 * Whether an order to shift is still to be performed. One that takes all traffic back is, also when the rollback has begun without it; any other that
 * was overtaken is not.
 */
export function isWanted(bake: Bake, { id, weight }: Shift): boolean {
  if (bake.state === 'shifting') return bake.shift.id === id;
  return weight === 0 && (bake.state === 'rolling_back' || bake.state === 'verifying');
}

/** Which hook tried to perform an order, by the order's id. */
export function hookOf(orderId: string): 'rollback hook' | 'traffic hook' {
  return orderId.includes(mark) ? 'traffic hook' : 'rollback hook';
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

/** Whether the release has, or may be about to get, traffic that was shifted to it in this bake. */
export function hasShifted(bake: Bake): boolean {
  if (bake.state === 'shifting') return !isShiftingBack(bake);
  return bake.state === 'baking' && bake.stage !== undefined;
}

/** Why no traffic is shifted now. */
export function heldBy(freeze: Freeze, weight: number): string {
  const where = freeze.service === null ? 'all services are' : `${freeze.service} is`;
  return `the shift to ${formatWeight(weight)} waits: ${where} frozen by ${freeze.by} (${freeze.why})`;
}

/** What a person must know of a bake that ends in the middle of its stages with the traffic as it is. */
export function keepsTraffic({ weight }: Bake): readonly string[] {
  return weight === undefined ? [] : [`the release keeps ${formatWeight(weight)} of the traffic: shift it by hand, or roll back`];
}

/** Reasons with what became of the traffic. */
export function withWords(reasons: readonly string[], ...more: readonly string[]) {
  return nonEmpty([...reasons, ...more], 'no reason given');
}
