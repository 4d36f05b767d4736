import { ceilTo, floorTo } from '../base/window.ts';
import type { Plan } from './plan.ts';

/** The end of the newest tick that can be measured at `now`: a tick can be measured once its settling lag is over. */
export function settledUntil(now: number, plan: Plan): number {
  return floorTo(now - plan.settleMs, plan.stepMs);
}

/** When the tick after `until` can be measured: the end of that tick plus the settling lag. */
export function nextTickAt(until: number, plan: Plan): number {
  return until + plan.stepMs + plan.settleMs;
}

/**
 * When a bake that is judged up to `until` gets its next pass: when the next tick can be measured. Where the clock of a provider is behind, that tick is
 * late, so the bake waits for a step more.
 */
export function nextPassAt(until: number, at: number, plan: Plan): number {
  const next = nextTickAt(until, plan);
  return next > at ? next : next + ceilTo(at + 1 - next, plan.stepMs);
}

/** The start of the first tick: the first multiple of the step at or after `at`. */
export function firstTickStart(at: number, plan: Plan): number {
  return ceilTo(at, plan.stepMs);
}

/** Rounds a duration up to whole ticks, at least one. */
export function roundUpToTicks(durationMs: number, plan: Plan): number {
  return Math.max(plan.stepMs, ceilTo(durationMs, plan.stepMs));
}

/** The range of delays grows by this for each live bake: a few bakes ask at once, thousands are spread over the whole step. */
const delayPerBakeMs = 1.5;

/** The extra delay of a bake's queries, so that many bakes do not query at the same instant. Every deploy of a service has the same delay. */
export function askDelayMs(place: { readonly service: string; readonly environment: string }, stepMs: number, liveBakes: number): number {
  const range = Math.min(stepMs, Math.round(liveBakes * delayPerBakeMs));
  return range <= 0 ? 0 : fnv1a(`${place.service}\n${place.environment}`) % range;
}

/** FNV-1a, 32 bits (Fowler, Noll, Vo 1991). */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return hash;
}
