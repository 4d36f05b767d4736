import type { Comparison } from './comparison.ts';

/**
 * How large a difference is: how many times the baseline's mean (`mean_ratio`), or how likely a reading of the canary is the larger one of a pair
 * (`cles`; McGraw & Wong 1992, with ties as halves). `null` where there is no such number: a mean that is not positive has no ratio.
 */
export function effectSize(canary: readonly number[], baseline: readonly number[], measure: Comparison['effect_size']): number | null {
  if (measure === 'cles') return commonLanguage(canary, baseline);
  const [own, other] = [mean(canary), mean(baseline)];
  return own > 0 && other > 0 ? own / other : null;
}

function mean(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value / values.length;
  return sum;
}

function commonLanguage(canary: readonly number[], baseline: readonly number[]): number {
  const sorted = Float64Array.from(baseline).sort();
  let [less, lessOrEqual, points] = [0, 0, 0];
  for (const value of Float64Array.from(canary).sort()) {
    while (less < sorted.length && (sorted[less] ?? 0) < value) less++;
    while (lessOrEqual < sorted.length && (sorted[lessOrEqual] ?? 0) <= value) lessOrEqual++;
    points += (less + lessOrEqual) / 2;
  }
  return points / (canary.length * baseline.length);
}
