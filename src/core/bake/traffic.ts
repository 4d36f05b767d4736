import { formatWeight, type Traffic } from '../rules/stage.ts';
import { type Bake, isShiftingBack } from './bake.ts';
import { type Freeze, freezeEnd } from './facts.ts';
import type { Plan } from './plan.ts';

/** The traffic stages of a bake. `null` if Bakewatch does not shift its traffic: the rules have no stages, the server only observes, or the deploy is a rollback, which must be quick. */
export function trafficOf(bake: Bake, plan: Plan): Traffic | null {
  return plan.observeOnly || bake.cause === 'rollback' ? null : plan.traffic;
}

/** Whether the release has, or is about to get, traffic that was shifted to it in this bake. */
export function hasShiftedTraffic(bake: Bake): boolean {
  if (bake.state === 'shifting') return !isShiftingBack(bake);
  return bake.state === 'baking' && bake.stage !== undefined;
}

/** The reason why a freeze holds a shift. */
export function frozenShiftReason(freeze: Freeze, weight: number): string {
  const where = freeze.service === null ? 'all services are' : `${freeze.service} is`;
  return `the shift to ${formatWeight(weight)} waits: ${where} frozen by ${freeze.by}${freezeEnd(freeze)} (${freeze.why})`;
}

/** A reason for a bake that ends before its last stage: the traffic stays as it is. */
export function remainingTraffic({ weight }: Bake): readonly string[] {
  return weight === undefined ? [] : [`the release keeps ${formatWeight(weight)} of the traffic: shift it by hand, or roll back`];
}
