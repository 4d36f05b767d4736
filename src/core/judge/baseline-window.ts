import { offsetOf } from '../base/time-zone.ts';
import type { Like } from '../rules/rule-set.ts';
import { lengthOf, type Stretch, sliceTicks } from '../series/ticks.ts';

const dayMs = 86_400_000;

/** When and how long the bake is, and the zone whose clock counts. */
export type BakeTime = { readonly startAt: number; readonly deployedAt: number; readonly forMs: number; readonly timezone: string };

/** The part of the history that a bake is compared with: as long as the whole bake, just before the deploy or at the same local time days ago. */
export function cutLike(history: Stretch, like: Like, time: BakeTime): Stretch {
  const end = history.startAt + lengthOf(history.ticks) * history.stepMs;
  const from = like.kind === 'before' ? end - time.forMs : sameLocalTime(time.startAt, like.days, time.timezone);
  const first = Math.max(0, Math.round((from - history.startAt) / history.stepMs));
  const last = Math.max(first, Math.round((Math.min(from + time.forMs, end) - history.startAt) / history.stepMs));
  return { startAt: history.startAt + first * history.stepMs, stepMs: history.stepMs, ticks: sliceTicks(history.ticks, first, last) };
}

/** How far back from the deploy a comparison reaches. One extra hour allows for a clock change in between. */
export function reachOf(like: Like, forMs: number): number {
  return like.kind === 'before' ? forMs : like.days * dayMs + dayMs / 24;
}

/** The comparison in words. */
export function describeLike(like: Like): string {
  if (like.kind === 'before') return 'just before';
  if (like.days === 1) return 'same time yesterday';
  return like.days === 7 ? 'same time last week' : `same time ${like.days} days ago`;
}

/** The instant `days` calendar days earlier with the same local time. A day with a clock change has 23 or 25 hours. */
function sameLocalTime(at: number, days: number, timezone: string): number {
  const guess = at - days * dayMs;
  return guess + (offsetOf(at, timezone) - offsetOf(guess, timezone));
}
