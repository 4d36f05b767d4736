import { normalQuantile } from '../regression/math/poisson-limits.ts';

/**
 * By how much one sample lies above another: the Hodges-Lehmann estimate, and the interval that the rank-sum test leaves open. `isBeyondZero`: the
 * test at zero itself, where ties count fully, finds the samples different. That can be so although the estimate is zero, where most pairs are tied.
 */
export type LocationShift = {
  readonly estimate: number;
  readonly lower: number;
  readonly upper: number;
  readonly isBeyondZero: 'above' | 'below' | null;
};

type Pair = { readonly canary: Float64Array; readonly baseline: Float64Array };

/**
 * The shift between two samples with its two-sided interval (Mann & Whitney 1947; Hodges & Lehmann 1963): normal approximation with continuity
 * correction, ties within each sample corrected for. Its ends are differences of the samples themselves, found exactly and not by iteration, so
 * that the same samples always give the same answer. `null`: even samples that do not overlap would be too small for this confidence.
 */
export function shiftBetween(canary: readonly number[], baseline: readonly number[], confidence: number): LocationShift | null {
  const pair = { canary: Float64Array.from(canary).sort(), baseline: Float64Array.from(baseline).sort() };
  const pairs = canary.length * baseline.length;
  const quantile = normalQuantile(1 - (1 - confidence) / 2);
  const reach = quantile * deviation(pair, tiesIn(pair.canary) + tiesIn(pair.baseline)) + 0.5;
  // The number of pairs that may lie beyond a limit before the test notices.
  const beyond = Math.floor(pairs / 2 - reach);
  if (pairs === 0 || beyond < 0) return null;
  const middle = [Math.ceil(pairs / 2), Math.floor(pairs / 2) + 1].map((rank) => differenceAt(pair, rank));
  return {
    estimate: ((middle[0] ?? 0) + (middle[1] ?? 0)) / 2,
    lower: differenceAt(pair, beyond + 1),
    upper: differenceAt(pair, pairs - beyond),
    isBeyondZero: beyondZero(pair, quantile),
  };
}

function beyondZero(pair: Pair, quantile: number): LocationShift['isBeyondZero'] {
  const z = rankSumZ(pair);
  return z > quantile ? 'above' : z < -quantile ? 'below' : null;
}

/** The standardized rank sum with continuity correction; positive where the canary's values are the larger ones. */
export function rankSumZ(pair: Pair): number {
  const pairs = pair.canary.length * pair.baseline.length;
  const [notAbove, below] = [countBelow(pair, true), countBelow(pair, false)];
  const excess = pairs / 2 - (notAbove + below) / 2;
  const spread = deviation(pair, tiesIn(Float64Array.from([...pair.canary, ...pair.baseline]).sort()));
  return spread > 0 ? (excess - 0.5 * Math.sign(excess)) / spread : 0;
}

/** The standard deviation of the rank sum of samples without difference, given the sum of t³ − t over groups of t ties. */
function deviation({ canary, baseline }: Pair, ties: number): number {
  const [m, n] = [canary.length, baseline.length];
  const all = m + n;
  return Math.sqrt(((m * n) / 12) * Math.max(0, all + 1 - ties / Math.max(1, all * (all - 1))));
}

function tiesIn(sorted: Float64Array): number {
  let [sum, run] = [0, 0];
  for (let i = 0; i < sorted.length; i++) {
    run = i > 0 && sorted[i] === sorted[i - 1] ? run + 1 : 1;
    // t³ − t over groups of t equals, summed as each group grows.
    sum += 3 * run * (run - 1);
  }
  return sum;
}

/** The difference of canary and baseline of this rank among all pairs, smallest first, without making a list of them. */
function differenceAt(pair: Pair, rank: number): number {
  const { canary, baseline } = pair;
  let low = (canary[0] ?? 0) - (baseline.at(-1) ?? 0);
  let high = (canary.at(-1) ?? 0) - (baseline[0] ?? 0);
  if (upTo(pair, low).count >= rank) return low;
  // `low` holds too few differences and `high` enough of them: halve until a difference that is in between decides, or no number is.
  for (;;) {
    const middle = low + (high - low) / 2;
    if (!(middle > low && middle < high)) return upTo(pair, high).largest;
    const { count, largest } = upTo(pair, middle);
    if (count < rank) low = middle;
    else high = largest;
  }
}

/** How many differences are at most `limit`, and the largest of them. */
function upTo({ canary, baseline }: Pair, limit: number): { readonly count: number; readonly largest: number } {
  let [count, largest, from] = [0, Number.NEGATIVE_INFINITY, 0];
  for (const value of canary) {
    while (from < baseline.length && value - (baseline[from] ?? 0) > limit) from++;
    if (from === baseline.length) break;
    count += baseline.length - from;
    largest = Math.max(largest, value - (baseline[from] ?? 0));
  }
  return { count, largest };
}

/** In how many pairs the canary is below the baseline, or not above it. */
function countBelow({ canary, baseline }: Pair, withTies: boolean): number {
  let [count, from] = [0, 0];
  for (const value of canary) {
    while (from < baseline.length && (withTies ? (baseline[from] ?? 0) < value : (baseline[from] ?? 0) <= value)) from++;
    count += baseline.length - from;
  }
  return count;
}
