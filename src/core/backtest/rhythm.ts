import type { Ticks } from '../series/ticks.ts';

/** Minimum share of equal gaps in a rhythm; with a smaller share, the gaps may be random. */
const minRegularShare = 0.8;
/** Minimum number of gaps. */
const minGaps = 20;

/** The number of ticks from one count to the next. It is above 1 where counters are scraped less often than once a tick. Low traffic has no rhythm: 1. */
export function rhythmOf(ticks: Ticks): number {
  const full = countsOf(ticks).flatMap((count, i) => (count > 0 ? [i] : []));
  const gaps = full.slice(1).map((at, i) => at - (full[i] ?? at));
  if (gaps.length < minGaps) return 1;
  const median = gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? 1;
  return gaps.filter((gap) => gap === median).length >= minRegularShare * gaps.length ? median : 1;
}

function countsOf(ticks: Ticks): readonly number[] {
  switch (ticks.kind) {
    case 'ratio':
      return ticks.total.map((total) => total ?? 0);
    case 'rate':
      return ticks.count.map((count) => count ?? 0);
    case 'latency':
      return ticks.buckets.map((row) => row?.at(-1) ?? 0);
    case 'value':
      return [];
  }
}
