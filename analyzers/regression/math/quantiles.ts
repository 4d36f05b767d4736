/** The `p`-quantile of sorted numbers: the smallest number that is at or above at least that share of them; `NaN` for an empty list. */
export function quantileSorted(sorted: readonly number[] | Float64Array, p: number): number {
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(p * sorted.length) - 1))] ?? Number.NaN;
}

/** The same of numbers in any order. Of many it is much faster than to sort them. */
export function quantileOf(values: Iterable<number>, p: number): number {
  const all = Float64Array.from(values);
  return nth(all, Math.min(all.length - 1, Math.max(0, Math.ceil(p * all.length) - 1)));
}

export function sorted(values: Iterable<number>): Float64Array {
  return Float64Array.from(values).sort();
}

/** The median; of an even number the mean of the middle two. `NaN` for an empty list. */
export function medianOf(values: Iterable<number>): number {
  const all = Float64Array.from(values);
  const half = all.length / 2;
  const high = nth(all, Math.floor(half));
  // What lies before the place is not larger.
  const low = Number.isInteger(half)
    ? all.subarray(0, half).reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY)
    : high;
  return low / 2 + high / 2;
}

/**
 * The number that would stand at a place if all were sorted; `NaN` outside of them. It moves them, so that no smaller one stands behind it (Hoare's
 * quickselect, 1961): much faster than to sort many. None may be `NaN`.
 */
export function nth(all: Float64Array, place: number): number {
  let [from, to] = [0, all.length - 1];
  while (from < to) {
    const pivot = all[(from + to) >> 1] ?? 0;
    let [i, k] = [from, to];
    while (i <= k) {
      while ((all[i] ?? 0) < pivot) i++;
      while ((all[k] ?? 0) > pivot) k--;
      if (i > k) break;
      const left = all[i] ?? 0;
      all[i++] = all[k] ?? 0;
      all[k--] = left;
    }
    if (place <= k) to = k;
    else if (place >= i) from = i;
    else break;
  }
  return all[place] ?? Number.NaN;
}

/** The median of the first `count` numbers, which it sorts in place: much faster for a handful of them. */
export function medianOfFew(few: Float64Array, count: number): number {
  sortFew(few, count);
  const half = count / 2;
  const [low, high] = [few[Math.ceil(half) - 1] ?? Number.NaN, few[Math.floor(half)] ?? Number.NaN];
  return count === 0 ? Number.NaN : low / 2 + high / 2;
}

/** Sorts the first `count` numbers in place. */
export function sortFew(few: Float64Array, count: number): void {
  for (let i = 1; i < count; i++) {
    const value = few[i] ?? 0;
    let to = i;
    for (; to > 0 && (few[to - 1] ?? 0) > value; to--) few[to] = few[to - 1] ?? 0;
    few[to] = value;
  }
}

/** A size counts as at most three times the one that two thirds of all stay below. */
const maxTimes = 3;

/** The limit beyond which a size is wild. */
export function capOf(sizes: readonly number[]): number {
  return maxTimes * quantileSorted(sorted(sizes), 0.683);
}

/** The root of the mean square, in which a few wild sizes count no more than others. */
export function typicalSize(sizes: readonly number[]): number {
  const cap = capOf(sizes);
  let sum = 0;
  for (const size of sizes) sum += Math.min(size, cap) ** 2 / sizes.length;
  return Math.sqrt(sum);
}
