import { tailProbability } from '../math/tail-probability.ts';
import { tailQuantile } from '../math/tail-quantile.ts';
import { baselineAt, type CountBaseline, type CountedPast, limitOf, type MinimumTolerance, toleratedOf } from './baseline.ts';
import { budgetForEnd } from './e-process.ts';
import { maxLog, minLog, tailShareFor } from './pseudo-deploys.ts';

type EndOptions = MinimumTolerance & { readonly forMs: number; readonly alpha: number };

type EndReplay = { readonly windowMs: number; readonly starts: readonly number[]; readonly phi: number; readonly options: EndOptions };

/** What the one test at the planned end tolerates, so that no stretch of the healthy past would have failed it. */
export function toleratedAtEnd(past: CountedPast, { windowMs, starts, phi, options }: EndReplay): number {
  const { side, alpha, floor } = options;
  const { bad, stepMs } = past.counts;
  const base = baselineAt(past, bad.length, { windowMs, phi });
  if (base === null) return side === 'up' ? 0 : Number.POSITIVE_INFINITY;
  const bake = Math.max(1, Math.round(options.forMs / stepMs));
  const needed = starts.flatMap((at) => {
    const before = baselineAt(past, at, { windowMs, phi });
    return before === null ? [] : [logTimesAtEnd(past, { before, ticks: [at, at + bake], phi, options })];
  });
  const log = Math.min(maxLog, Math.max(Math.log(1 + floor), tailQuantile(needed, tailShareFor(bad.length / bake) * alpha, minLog)));
  const limit = limitOf(base, { side, phi, delta: 0.1 * alpha });
  return toleratedOf({ expected: base.expected, limit }, { ...options, times: Math.exp(log) });
}

type PseudoEnd = {
  readonly before: CountBaseline;
  readonly ticks: readonly [from: number, to: number];
  readonly phi: number;
  readonly options: EndOptions;
};

/** The logarithm of the tolerance at which a stretch of the past would just not fail the test at the end, to within 1 %. */
function logTimesAtEnd({ bad, total }: CountedPast, { before, ticks: [from, to], phi, options }: PseudoEnd): number {
  const { side, isShare, alpha } = options;
  const events = (bad[to] ?? 0) - (bad[from] ?? 0);
  const samples = (total[to] ?? 0) - (total[from] ?? 0);
  const trials = isShare ? samples : Number.POSITIVE_INFINITY;
  const limit = side === 'up' ? 0 : Number.POSITIVE_INFINITY;
  const fails = (log: number) => {
    const rate = toleratedOf({ expected: before.expected, limit }, { side, isShare, times: Math.exp(log), floorShare: 0 });
    return tailProbability(side, { events, trials, expected: samples * rate, phi }) <= budgetForEnd * alpha;
  };
  let [low, high] = [minLog, maxLog];
  if (!fails(low)) return low;
  while (high - low > 0.01) {
    const middle = (low + high) / 2;
    if (fails(middle)) low = middle;
    else high = middle;
  }
  return high;
}
