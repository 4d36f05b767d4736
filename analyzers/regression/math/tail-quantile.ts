/**
 * The value that a further observation exceeds with probability `p`: peaks over the 80 % quantile, whose excess is taken as exponential
 * (Pickands 1975, shape 0), but never below the largest observation. With few observations an empirical quantile is too low.
 */
export function tailQuantile(values: readonly number[], p: number, floor: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const largest = sorted.at(-1) ?? floor;
  const from = Math.max(floor, sorted[Math.floor(0.8 * sorted.length)] ?? floor);
  const above = sorted.filter((value) => value > from);
  if (above.length === 0) return Math.max(floor, largest);
  let excess = 0;
  for (const value of above) excess += value - from;
  const mean = excess / above.length;
  const share = above.length / sorted.length;
  return Math.max(floor, largest, from + mean * Math.max(0, Math.log(share / p)));
}
