/** The `p`-quantile of sorted numbers: the smallest number that is at or above at least that share of them; `NaN` for an empty list. */
export function quantileSorted(sorted: readonly number[] | Float64Array, p: number): number {
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(p * sorted.length) - 1))] ?? Number.NaN;
}

export function sorted(values: Iterable<number>): Float64Array {
  return Float64Array.from(values).sort();
}

/** The median; of an even number the mean of the middle two. */
export function medianOf(values: Iterable<number>): number {
  const all = sorted(values);
  const half = all.length / 2;
  const [low, high] = [all[Math.ceil(half) - 1] ?? Number.NaN, all[Math.floor(half)] ?? Number.NaN];
  return low / 2 + high / 2;
}
