/**
 * Rules for a control that stands still (always the same number, or none at all). There is then no noise to measure by; but if the new release were
 * like it, a departure would be as likely on the one side as on the other at each tick. How many departures of the new release alone are too many
 * follows from that, whatever the probability `p` of a departure is, and however often it is looked at; only that ticks are independent is assumed.
 */
const shares: readonly number[] = Array.from({ length: 99 }, (_, i) => (i + 1) / 100);
/** Two in a row are never enough, and more than so many are always. */
const [fewest, most] = [3, 40];
/** Longer bakes are taken for endless. */
const mostLooks = 1000;

/** How many departures in a row are too many: the first ones, after ticks that were still; and others, or from the first tick on. */
export type Runs = { readonly first: number; readonly any: number };

/** The shortest runs of which a healthy bake shows one, before the control moves, with a probability of at most `alpha`. */
export function runsFor(alpha: number): Runs {
  for (let first = fewest; first < most; first++) {
    if (Math.max(...shares.map((p) => runProbability(first, p))) <= alpha) return { first, any: first + 2 };
  }
  return { first: most, any: most + 2 };
}

/** At most: sums over all ticks, endlessly, at which such a run may end with the control still. */
function runProbability(first: number, p: number): number {
  const q = 1 - p;
  const afterStill = (p ** (first - 1) * q ** (first + 2)) / (1 + q);
  const others = (p * q) ** (first + 2) * (1 + q ** 3 / (p * (1 + q)));
  return afterStill + others;
}

/** The least number of departures, in a row or not, that a healthy bake of `looks` ticks shows before the control shows one with at most `alpha`. */
export function departuresFor(looks: number, alpha: number): number {
  for (let count = fewest; count < most; count++) {
    if (Math.max(...shares.map((p) => countProbability(count, Math.min(looks, mostLooks), p))) <= alpha) return count;
  }
  return most;
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
