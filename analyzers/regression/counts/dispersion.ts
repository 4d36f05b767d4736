import { type EventCounts, runningSums } from './event-counts.ts';

/** Block lengths over which counts are summed, in milliseconds. */
const blocks = [60_000, 300_000];
/** Over longer blocks it is the drift that shows, which is common to the releases. */
const calmBlockMs = 60_000;
const minPairs = 4;
/** The share of the mean of χ² with one degree of freedom that lies below its 95 % quantile. */
const keptByTrim = 0.72;
/** The corrections for few events fade until there are this many. */
export const fewEvents = 100;

/**
 * The overdispersion: the variance of the counts divided by that of independent events. `whole`: the largest, over block lengths, of the Pearson dispersion of
 * neighbouring blocks (neighbours, so that slow drift is left to the replay). `calm`: the same without the wildest 5 % of the pairs, for
 * comparisons in which bursts are common to both sides and cancel. Neither is below 1. Of few events, `whole` is reduced by one standard error of
 * independent events: blocks with unequal traffic make a few dozen of them look dispersed.
 */
export function dispersionOf(counts: EventCounts, isShare: boolean): { readonly whole: number; readonly calm: number } {
  const [bad, total] = [runningSums(counts.bad), runningSums(counts.total)];
  let [whole, calm] = [1, 1];
  for (const blockMs of blocks) {
    const size = Math.max(1, Math.round(blockMs / counts.stepMs));
    const found = pairwise({ bad, total }, size, isShare);
    if (found === null) continue;
    whole = Math.max(whole, found.whole);
    if (blockMs <= calmBlockMs) calm = Math.max(calm, found.calm);
  }
  return { whole, calm };
}

type Sums = { readonly bad: Float64Array; readonly total: Float64Array };

/** Of two blocks with one common rate, the first holds a binomial share of the events: its squared deviation over its variance has mean φ. */
function pairwise({ bad, total }: Sums, size: number, isShare: boolean): { readonly whole: number; readonly calm: number } | null {
  const squares: number[] = [];
  let [sum, weights, error] = [0, 0, 0];
  for (let i = 0; i + 2 * size < bad.length; i += size) {
    const [x1, x2] = [between(bad, i, size), between(bad, i + size, size)];
    const [n1, n2] = [between(total, i, size), between(total, i + size, size)];
    if (n1 <= 0 || n2 <= 0) continue;
    const [x, n] = [x1 + x2, n1 + n2];
    const share = n1 / n;
    const square = (x1 - x * share) ** 2;
    squares.push(square);
    sum += square;
    const variance = x * share * (1 - share);
    weights += variance * (isShare ? Math.max(0, 1 - x / n) : 1);
    // The variance of the squared deviation of a binomial number.
    error += Math.max(0, 2 * variance ** 2 + variance * (1 - 6 * share * (1 - share)));
  }
  if (squares.length < minPairs || weights <= 0) return null;
  let kept = 0;
  for (const square of squares.toSorted((a, b) => a - b).slice(0, Math.ceil(0.95 * squares.length))) kept += square;
  const rarity = Math.min(1, fewEvents / Math.max(1, bad.at(-1) ?? 0));
  return { whole: (sum - rarity * Math.sqrt(error)) / weights, calm: kept / weights / keptByTrim };
}

function between(sums: Float64Array, from: number, size: number): number {
  return (sums[from + size] ?? 0) - (sums[from] ?? 0);
}
