import type { Interval } from '../base/window.ts';
import type { CheckRule } from '../rules/rule-set.ts';
import { type TickReader, tickAt } from '../series/tick.ts';
import { mapTicks, type Stretch, type Ticks } from '../series/ticks.ts';
import { excludeIntervals } from './exclude-intervals.ts';

/** Maximum gap between two samples of a counter. Counters are read this long before a window; after a longer gap there is no earlier sample. */
const maxGapMs = 300_000;

/**
 * Spreads the counts of a raw counter that is scraped less often than once a tick. Such a counter has counts in some ticks, and the other ticks are
 * missing. Each count is divided equally over the ticks since the last count. The first count is dropped, because it may include events from before
 * the first tick. Shares and latencies do not need this: the same scrapes count their numerator and denominator.
 */
export function spreadSparseCounts(rule: CheckRule, stretch: Stretch): Stretch {
  const { stepMs } = stretch;
  if (!isRawCount(rule)) return stretch;
  return { ...stretch, ticks: mapTicks(stretch.ticks, (ticks) => spread(ticks, stepMs)) };
}

function spread(ticks: Ticks, stepMs: number): Ticks {
  if (ticks.kind !== 'rate') return ticks;
  const { count } = ticks;
  return { ...ticks, count: count.map((_, i) => spreadCountAt((at) => count[at] ?? null, i, maxGapMs / stepMs)) };
}

/** Reads the ticks of a stretch as `spreadSparseCounts` leaves them, each when it is needed. */
export function spreadReader(rule: CheckRule, { ticks, stepMs }: Stretch): TickReader {
  if (!isRawCount(rule) || ticks.kind !== 'rate') return (i) => tickAt(ticks, i);
  const { split } = ticks;
  const tickOf = (of: Ticks, i: number) =>
    ({ kind: 'rate', count: spreadCountAt(countsOf(of), i, maxGapMs / stepMs), exposure: null }) as const;
  return (i) => ({
    ...tickOf(ticks, i),
    ...(split && { split: new Map(split.ticks.map((one, n) => [split.values[n] ?? '', tickOf(one, i)])) }),
  });
}

type CountReader = (i: number) => number | null;

function countsOf(ticks: Ticks): CountReader {
  return (i) => {
    const tick = tickAt(ticks, i);
    return tick.kind === 'rate' ? tick.count : null;
  };
}

function isRawCount({ question }: CheckRule): boolean {
  return question.kind === 'rate' && 'selector' in question.count && question.exposure === undefined;
}

/**
 * Makes the ticks of a bake missing that must not be judged, for example during a traffic shift. For a raw count they become `NaN` instead, so that
 * the next count is not spread over them.
 */
export function excludeFromBake(rule: CheckRule, stretch: Stretch, intervals: readonly Interval[]): Stretch {
  if (!isRawCount(rule)) return excludeIntervals(stretch, intervals);
  return { ...stretch, ticks: mapTicks(stretch.ticks, (ticks) => excludeCounts({ ...stretch, ticks }, intervals)) };
}

function excludeCounts(stretch: Stretch, intervals: readonly Interval[]): Ticks {
  const { ticks: left } = excludeIntervals(stretch, intervals);
  if (stretch.ticks.kind !== 'rate' || left.kind !== 'rate') return left;
  const counts = stretch.ticks.count;
  return { ...left, count: left.count.map((count, i) => (count === null && counts[i] !== null ? Number.NaN : count)) };
}

function spreadCountAt(countAt: CountReader, i: number, max: number): number | null {
  const count = countAt(i);
  if (count === null || Number.isNaN(count)) return null;
  let before = i - 1;
  while (before >= 0 && countAt(before) === null && i - before <= max) before--;
  const covered = i - before;
  return before >= 0 && covered <= max ? count / covered : null;
}
