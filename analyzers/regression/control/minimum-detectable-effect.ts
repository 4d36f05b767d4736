import { sizes } from './level-shift.ts';
import type { ReleasePair } from './pairs.ts';

/** What the mixture over models, sizes and moments costs, as log evidence. */
const lost = 4.5;

/** How much the differences between release and control vary: running sums about the first difference. Plain JSON. */
export type DifferenceState = {
  readonly count: number;
  readonly origin: number;
  readonly first: number;
  readonly last: number;
  readonly sum: number;
  readonly squares: number;
  readonly products: number;
};

export const noDifferences: DifferenceState = { count: 0, origin: 0, first: 0, last: 0, sum: 0, squares: 0, products: 0 };

/** Adds a tick that both sides answered. */
export function addToDifferences(state: DifferenceState, { own, control }: ReleasePair): DifferenceState {
  const origin = state.count === 0 ? own - control : state.origin;
  const x = own - control - origin;
  return {
    count: state.count + 1,
    origin,
    first: state.count === 0 ? x : state.first,
    last: x,
    sum: state.sum + x,
    squares: state.squares + x * x,
    products: state.products + (state.count === 0 ? 0 : x * state.last),
  };
}

/** Minimum detectable effect: about the smallest level shift between release and control that the test detects by now, tolerance included; `null`: none. */
export function minimumDetectableShift(
  differences: DifferenceState,
  { size, tolerance, alpha }: { readonly size: number; readonly tolerance: number; readonly alpha: number },
): number | null {
  const times = timesError(differences.count, Math.log(1 / alpha) + lost);
  return times === null ? null : tolerance * size + times * standardError(differences);
}

/** Of the mean, with the dependence of each number on the one before it. */
function standardError({ count, first, last, sum, squares, products }: DifferenceState): number {
  const mean = sum / count;
  const around = Math.max(0, squares - count * mean * mean);
  // The products about the mean: of each number but the first with the one before it.
  const lagged = products - mean * (2 * sum - first - last) + (count - 1) * mean * mean;
  const phi = around > 0 ? Math.min(0.95, Math.max(0, lagged / around + 1 / count)) : 0;
  return Math.sqrt(((around / Math.max(1, count - 1) / count) * (1 + phi)) / (1 - phi));
}

/** How many standard errors the mean must lie away from zero for this log evidence; `null` where no distance is enough. */
function timesError(count: number, needed: number): number | null {
  let [low, high] = [0, 1e4];
  if (count < 2 || logEvidence(count, high) < needed) return null;
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (logEvidence(count, middle) < needed) low = middle;
    else high = middle;
  }
  return high;
}

function logEvidence(count: number, times: number): number {
  const t = (times * times) / (count - 1);
  const logs = sizes.map((size) => {
    const room = 1 + count * size;
    return (count / 2) * (Math.log1p(t) - Math.log1p(t / room)) - Math.log(room) / 2;
  });
  return Math.max(...logs);
}
