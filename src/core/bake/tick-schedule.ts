import { ceilTo, floorTo } from '../base/window.ts';
import type { Bake } from './bake.ts';
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

/** What the delay of a bake's passes depends on. `liveBakes`: how many there are now, not when the bake began. */
export type PassSpread = { readonly service: string; readonly environment: string; readonly stepMs: number; readonly liveBakes: number };

/** The delay of a bake's passes, so that many bakes do not ask at the same instant. Always less than a step. All deploys of a service have the same. */
export function passDelayMs({ service, environment, stepMs, liveBakes }: PassSpread): number {
  const range = Math.min(stepMs, liveBakes * delayPerBakeMs);
  return Math.floor((hashOf(`${service}\n${environment}`) / 2 ** 32) * range);
}

/**
 * Delays the next pass of a bake. The pass that may end a bake is never late, so the one for the tick of its planned end or of its limit has no delay; nor
 * has any other state but `baking`.
 */
export function delayPass<T extends Bake>(bake: T, { settleMs }: Pick<Plan, 'settleMs'>, delayMs: number): T {
  if (bake.state !== 'baking') return bake;
  const until = bake.nextAt - settleMs;
  const isLast = until >= bake.limitAt || (until >= bake.endsAt && bake.extendedSince === undefined);
  return isLast ? bake : { ...bake, nextAt: bake.nextAt + delayMs };
}

/** FNV-1a, 32 bits (Fowler, Noll, Vo 1991), mixed at the end as in MurmurHash3 (Appleby 2011): names that differ in a digit lie far apart. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
