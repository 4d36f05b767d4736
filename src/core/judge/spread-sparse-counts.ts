import type { Interval } from '../base/window.ts';
import type { CheckRule } from '../rules/rule-set.ts';
import type { Column, Stretch } from '../series/ticks.ts';
import { excludeIntervals } from './exclude-intervals.ts';

/** A counter's sample after a longer silence has nothing to be compared with: counters are looked at this long before a window. */
const longestMs = 300_000;

/**
 * What a check may be judged on. A raw counter that is scraped less often than the bake ticks shows its events in some ticks and none in the others,
 * which are missing. Its rate is theirs all the same: each count is shared out over the ticks since the last one. The first count is left out, because
 * it may reach back before the first tick. Shares and latencies need none of this, as both of their sides are counted by the same scrapes.
 */
export function covering(rule: CheckRule, stretch: Stretch): Stretch {
  const { ticks, stepMs } = stretch;
  if (!isRawCount(rule) || ticks.kind !== 'rate') return stretch;
  return { ...stretch, ticks: { ...ticks, count: sharedOut(ticks.count, longestMs / stepMs) } };
}

function isRawCount({ question }: CheckRule): boolean {
  return question.kind === 'rate' && 'selector' in question.count && question.exposure === undefined;
}

/**
 * A bake's ticks without those that are not to be judged, such as while traffic was being shifted. They are missing from then on; only of a raw count
 * a `NaN` stays in their place, so that the next count is not spread over them.
 */
export function leaveOutOfBake(rule: CheckRule, stretch: Stretch, intervals: readonly Interval[]): Stretch {
  const left = excludeIntervals(stretch, intervals);
  if (!isRawCount(rule) || stretch.ticks.kind !== 'rate' || left.ticks.kind !== 'rate') return left;
  const counts = stretch.ticks.count;
  return {
    ...left,
    ticks: { ...left.ticks, count: left.ticks.count.map((count, i) => (count === null && counts[i] !== null ? Number.NaN : count)) },
  };
}

function sharedOut(counts: Column, most: number): Column {
  let missing = Number.POSITIVE_INFINITY;
  return counts.map((count) => {
    if (count === null) {
      missing += 1;
      return null;
    }
    const covered = missing + 1;
    missing = 0;
    if (Number.isNaN(count)) return null;
    return covered <= most ? count / covered : null;
  });
}
