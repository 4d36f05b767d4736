import { sizes } from './level-shift.ts';
import type { Pairs } from './pairs.ts';

/** What the mixture over laws, sizes and moments costs, as log evidence. */
const lost = 4.5;

/** The smallest lasting shift between canary and control that would about have been found by tick `at`, beyond the tolerance; `null`: none. */
export function smallestShift(
  { own, beside }: Pairs,
  { at, tolerance, alpha }: { readonly at: number; readonly tolerance: number; readonly alpha: number },
): number | null {
  const apart: number[] = [];
  let size = 0;
  for (let i = 0; i < at; i++) {
    const [x, y] = [own[i] ?? Number.NaN, beside[i] ?? Number.NaN];
    if (Number.isNaN(x) || Number.isNaN(y)) continue;
    apart.push(x - y);
    size += (Math.abs(y) - size) / apart.length;
  }
  const times = timesError(apart.length, Math.log(1 / alpha) + lost);
  return times === null ? null : tolerance * size + times * standardError(apart);
}

/** Of the mean, with the dependence of each number on the one before it. */
function standardError(values: readonly number[]): number {
  let mean = 0;
  for (const [i, value] of values.entries()) mean += (value - mean) / (i + 1);
  let [squares, products] = [0, 0];
  for (const [i, value] of values.entries()) {
    squares += (value - mean) ** 2;
    if (i > 0) products += (value - mean) * ((values[i - 1] ?? 0) - mean);
  }
  const phi = squares > 0 ? Math.min(0.95, Math.max(0, products / squares + 1 / values.length)) : 0;
  return Math.sqrt(((squares / Math.max(1, values.length - 1) / values.length) * (1 + phi)) / (1 - phi));
}

/** How many standard errors the mean must lie away from zero for so much log evidence; `null` where no distance is enough. */
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
