import type { CheckRule } from './rule-set.ts';
import type { Column, Stretch } from './series.ts';

/** A counter's sample after a longer silence has nothing to be compared with: counters are looked at this long before a window. */
const longestMs = 300_000;

/**
 * What a check may be judged on. A raw counter that is scraped less often than the bake ticks shows its events in some ticks and none in the others,
 * which are missing. Its rate is theirs all the same: each count is shared out over the ticks since the last one. The first count is left out, because
 * it may reach back before the first tick. Shares and latencies need none of this, as both of their sides are counted by the same scrapes.
 */
export function covering({ question }: CheckRule, stretch: Stretch): Stretch {
  const { ticks, stepMs } = stretch;
  const isRaw = question.kind === 'rate' && 'selector' in question.count && question.exposure === undefined;
  if (!isRaw || ticks.kind !== 'rate') return stretch;
  return { ...stretch, ticks: { ...ticks, count: sharedOut(ticks.count, longestMs / stepMs) } };
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
    return covered <= most ? count / covered : null;
  });
}
