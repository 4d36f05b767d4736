import type { Plan } from './plan.ts';
import { ceilTo, floorTo } from './window.ts';

/** The end of the newest tick that may be asked about at `now`: ticks are asked once their settling lag is over. */
export function settledUntil(now: number, plan: Plan): number {
  return floorTo(now - plan.settleMs, plan.stepMs);
}

/** When the tick that follows `until` may be asked about. */
export function tickAfter(until: number, plan: Plan): number {
  return until + plan.stepMs + plan.settleMs;
}

/** The first tick starts at the first multiple of the step at or after `at`. */
export function firstTick(at: number, plan: Plan): number {
  return ceilTo(at, plan.stepMs);
}

/** The duration in whole ticks, one at least. */
export function wholeTicks(durationMs: number, plan: Plan): number {
  return Math.max(plan.stepMs, ceilTo(durationMs, plan.stepMs));
}
