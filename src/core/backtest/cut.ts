import type { Interval } from '../base/window.ts';
import { lengthOf, type Stretch, sliceTicks } from '../series/ticks.ts';

/** The whole ticks of a stretch that lie in a span; `null` where there are none. */
export function cut(stretch: Stretch, { from, to }: Interval): Stretch | null {
  const { startAt, stepMs, ticks } = stretch;
  const first = Math.max(0, Math.ceil((from - startAt) / stepMs));
  const last = Math.min(lengthOf(ticks), Math.floor((to - startAt) / stepMs));
  return last <= first ? null : { startAt: startAt + first * stepMs, stepMs, ticks: sliceTicks(ticks, first, last) };
}
