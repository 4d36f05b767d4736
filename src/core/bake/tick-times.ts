import { ceilTo, floorTo } from '../base/window.ts';
import type { Plan } from './plan.ts';

/** The end of the newest tick that may be asked about at `now`: ticks are asked once their settling lag is over. */
export function settledUntil(now: number, plan: Plan): number {
  return floorTo(now - plan.settleMs, plan.stepMs);
}

/** When the tick that follows `until` may be asked about. */
export function nextTickAt(until: number, plan: Plan): number {
  return until + plan.stepMs + plan.settleMs;
}

/** The first tick starts at the first multiple of the step at or after `at`. */
export function firstTickStart(at: number, plan: Plan): number {
  return ceilTo(at, plan.stepMs);
}

/** The duration in whole ticks, one at least. */
export function roundUpToTicks(durationMs: number, plan: Plan): number {
  return Math.max(plan.stepMs, ceilTo(durationMs, plan.stepMs));
}

/** So much of the step is taken for each live bake: a few bakes ask at once, thousands are spread over the whole step. */
const delayPerBakeMs = 1.5;

/** How much later than its tick a bake asks: the same for every deploy of a service, and no more than the number of live bakes makes necessary. */
export function askDelayMs(place: { readonly service: string; readonly environment: string }, stepMs: number, liveBakes: number): number {
  const room = Math.min(stepMs, Math.round(liveBakes * delayPerBakeMs));
  return room <= 0 ? 0 : fnv1a(`${place.service}\n${place.environment}`) % room;
}

/** FNV-1a, 32 bits (Fowler, Noll, Vo 1991). */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return hash;
}
