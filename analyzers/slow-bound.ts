import { boundFor } from '../src/core/readings.ts';
import type { Ticks } from '../src/core/series.ts';

/** More than this share of the past's requests are no slow ones. */
const mostSlow = 0.1;

/** The bucket bound beyond which a request counts as slow, or in words why there is none. `undefined` for what is no latency. */
export function slowBound(bake: Ticks, past: Ticks, slowerThanSec: number | undefined): number | undefined | string {
  if (bake.kind !== 'latency' || past.kind !== 'latency') return undefined;
  const bound = slowerThanSec === undefined ? usualBound(past) : boundFor(past, slowerThanSec);
  if (bound === null) return 'no bucket bound to tell slow requests by: not compared';
  // A histogram without any bucket yet has no bound to differ.
  if (bake.le.length > 0 && boundFor(bake, bound) !== bound) return 'other bucket bounds than before: not compared';
  return bound;
}

/** Where nobody says what is slow: the lowest bound that at most a tenth of the past's requests exceeded, or the highest there is. */
function usualBound({ le, buckets }: Extract<Ticks, { kind: 'latency' }>): number | null {
  const sums = le.map((_, column) => buckets.reduce((sum, row) => sum + usable(row?.[column]), 0));
  const total = sums.at(-1) ?? 0;
  const finite = le.filter((bound) => Number.isFinite(bound));
  return finite.find((_, column) => total - (sums[column] ?? 0) <= mostSlow * total) ?? finite.at(-1) ?? null;
}

function usable(count: number | undefined): number {
  return count !== undefined && count >= 0 && count <= Number.MAX_SAFE_INTEGER ? count : 0;
}
