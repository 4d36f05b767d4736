import { type EventCounts, runningSums } from './event-counts.ts';

/** Block lengths over which counts are summed, in milliseconds. */
const blocks = [60_000, 300_000];
const minPairs = 4;
/** The share of the mean of χ² with one degree of freedom that lies below its 95 % quantile. */
const keptByTrim = 0.72;

/**
 * The overdispersion: the variance of the counts divided by that of independent events. `whole`: the largest, over block lengths, of the Pearson dispersion of
 * neighbouring blocks (neighbours, so that slow drift is left to the replay). `calm`: the same without the wildest 5 % of the pairs, for
 * comparisons in which bursts are common to both sides and cancel. Neither is below 1.
 */
export function dispersionOf(counts: EventCounts, isShare: boolean): { readonly whole: number; readonly calm: number } {
  const [bad, total] = [runningSums(counts.bad), runningSums(counts.total)];
  let [whole, calm] = [1, 1];
  for (const blockMs of blocks) {
    const size = Math.max(1, Math.round(blockMs / counts.stepMs));
    const found = pairwise({ bad, total }, size, isShare);
    if (found === null) continue;
    whole = Math.max(whole, found.whole);
    calm = Math.max(calm, found.calm);
  }
  return { whole, calm };
}

type Sums = { readonly bad: Float64Array; readonly total: Float64Array };

/** Of two blocks with one common rate, the first holds a binomial share of the events: its squared deviation over its variance has mean φ. */
function pairwise({ bad, total }: Sums, size: number, isShare: boolean): { readonly whole: number; readonly calm: number } | null {
  const squares: number[] = [];
  let [sum, weights] = [0, 0];
  for (let i = 0; i + 2 * size < bad.length; i += size) {
    const [x1, x2] = [between(bad, i, size), between(bad, i + size, size)];
    const [n1, n2] = [between(total, i, size), between(total, i + size, size)];
    if (n1 <= 0 || n2 <= 0) continue;
    const [x, n] = [x1 + x2, n1 + n2];
    const share = n1 / n;
    const square = (x1 - x * share) ** 2;
    squares.push(square);
    sum += square;
    weights += x * share * (1 - share) * (isShare ? Math.max(0, 1 - x / n) : 1);
  }
  if (squares.length < minPairs || weights <= 0) return null;
  let kept = 0;
  for (const square of squares.toSorted((a, b) => a - b).slice(0, Math.ceil(0.95 * squares.length))) kept += square;
  return { whole: sum / weights, calm: kept / weights / keptByTrim };
}

function between(sums: Float64Array, from: number, size: number): number {
  return (sums[from + size] ?? 0) - (sums[from] ?? 0);
}
