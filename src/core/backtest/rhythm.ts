import type { Ticks } from '../series/ticks.ts';

/** So regular must the distances be to be a rhythm and not chance. */
const mostly = 0.8;
/** Fewer than this say nothing. */
const fewest = 20;

/** Every how many ticks something was counted: more than 1 where counters are scraped less often than a tick is long. Little traffic has no rhythm. */
export function rhythmOf(ticks: Ticks): number {
  const full = countsOf(ticks).flatMap((count, i) => (count > 0 ? [i] : []));
  const gaps = full.slice(1).map((at, i) => at - (full[i] ?? at));
  if (gaps.length < fewest) return 1;
  const usual = gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? 1;
  return gaps.filter((gap) => gap === usual).length >= mostly * gaps.length ? usual : 1;
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
