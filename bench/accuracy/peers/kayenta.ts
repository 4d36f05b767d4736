import { normalQuantile } from '../../../analyzers/regression/math/poisson-limits.ts';
import type { Recording } from '../../../src/core/recording/recording.ts';
import type { Outcome } from '../score.ts';
import { type Asked, askAll, type Reading } from './readings.ts';

const confidence = 0.98;
const tolerance = 0.25;
const marginal = 75;
/** Seconds between analyses, each over everything since the deploy. */
const analysisEvery = 600;
const fewest = 3;

/**
 * The documented judge of Kayenta: each metric by a Mann-Whitney test at 98 % confidence, "High" or "Low" where the interval of the shift lies
 * beyond a quarter of the estimated one; the score is the share of metrics that pass, and under the marginal score of 75 the canary fails. Missing
 * readings are left out. Compared with the control, or, where there is none, with as long a stretch just before the deploy. Analyzed each ten
 * minutes over all that was seen, as its stand-alone analysis does.
 */
export function kayenta(recording: Recording): Outcome | null {
  const metrics = askAll(recording, 0.95);
  const length = Math.max(...metrics.map(({ bake, every }) => bake.length * every));
  for (let at = Math.min(analysisEvery, length); at <= length; at += analysisEvery) {
    const judged = metrics.map((asked) => isWorse(asked, Math.floor(at / asked.every)));
    const known = judged.filter((result) => result !== null);
    if (known.length === 0) continue;
    const score = (100 * known.filter((result) => !result).length) / known.length;
    if (score < marginal) return { verdict: 'fail', decidedAfter: at };
  }
  return { verdict: 'pass', decidedAfter: length };
}

function isWorse({ bake, control, history, direction }: Asked, count: number): boolean | null {
  const canary = numbers(bake.slice(0, count));
  const baseline = numbers(control ? control.slice(0, count) : history.slice(-bake.length));
  if (canary.length < fewest || baseline.length < fewest) return null;
  const [low, high, estimate] = shift(canary, baseline);
  const slack = tolerance * Math.abs(estimate);
  return (direction !== 'down' && low > slack) || (direction !== 'up' && high < -slack);
}

function numbers(readings: readonly Reading[]): readonly number[] {
  return readings.filter((value) => value !== null && Number.isFinite(value)).map(Number);
}

/** The interval and the median of the pairwise differences (Hodges & Lehmann 1963), whose order statistics invert the rank-sum test. */
function shift(a: readonly number[], b: readonly number[]): readonly [number, number, number] {
  const differences = Float64Array.from(a.flatMap((x) => b.map((y) => x - y))).sort();
  const pairs = differences.length;
  const spread = normalQuantile(1 - (1 - confidence) / 2) * Math.sqrt((pairs * (a.length + b.length + 1)) / 12);
  const edge = Math.max(0, Math.floor(pairs / 2 - spread));
  return [differences[edge] ?? 0, differences[pairs - 1 - edge] ?? 0, differences[Math.floor(pairs / 2)] ?? 0];
}
