/**
 * Rules for a constant control (always the same number, or none). It then shows no noise. If both releases are alike, an exceedance is equally
 * likely on either side at each tick. From this follows the maximum number of exceedances of the new release alone, for any probability `p` of an
 * exceedance and any number of looks. The only assumption is that ticks are independent.
 */
const shares: readonly number[] = Array.from({ length: 99 }, (_, i) => (i + 1) / 100);
/** The limits of the search: two in a row never fail, forty always do. */
const [minCount, maxCount] = [3, 40];
/** Longer bakes count as endless. */
const maxLooks = 1000;

/** How many exceedances in a row are too many: the first ones, after calm ticks; and others, or from the first tick on. */
export type MaxRuns = { readonly first: number; readonly any: number };

/** The shortest runs of which a healthy bake shows one, before the control moves, with a probability of at most `alpha`. */
export function maxRuns(alpha: number): MaxRuns {
  for (let first = minCount; first < maxCount; first++) {
    if (Math.max(...shares.map((p) => runProbability(first, p))) <= alpha) return { first, any: first + 2 };
  }
  return { first: maxCount, any: maxCount + 2 };
}

/** An upper bound: sums over all ticks, without end, at which such a run may end while the control is constant. */
function runProbability(first: number, p: number): number {
  const q = 1 - p;
  const afterStill = (p ** (first - 1) * q ** (first + 2)) / (1 + q);
  const others = (p * q) ** (first + 2) * (1 + q ** 3 / (p * (1 + q)));
  return afterStill + others;
}

/** The smallest number of exceedances, in a row or not, that a healthy bake of `looks` ticks shows before the control shows one with at most `alpha`. */
export function maxExceedances(looks: number, alpha: number): number {
  for (let count = minCount; count < maxCount; count++) {
    if (Math.max(...shares.map((p) => countProbability(count, Math.min(looks, maxLooks), p))) <= alpha) return count;
  }
  return maxCount;
}

function countProbability(count: number, looks: number, p: number): number {
  const q = 1 - p;
  let term = (p * q) ** count;
  let sum = 0;
  for (let tick = count; tick <= looks && term > 1e-12; tick++) {
    sum += term;
    term *= (tick / (tick - count + 1)) * q * q;
  }
  return sum;
}
