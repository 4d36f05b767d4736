import { quantileSorted, sorted } from '../math/quantiles.ts';

/** The largest score of each pseudo bake, and the tick at which that bake begins. */
export type HealthyScores = { readonly scores: Float64Array; readonly starts: readonly number[] };

/** `bake`: in ticks. `independent`: how many bakes that do not overlap the scores come from. `alpha`: the share of healthy bakes that may fail. */
export type TailSettings = { readonly bake: number; readonly independent: number; readonly alpha: number };

/** Scores above this quantile are the tail. */
const tailFrom = 0.9;
/** The minimum healthy score, for a tolerance that is larger than all healthy deviations. */
const minScore = 0.3;
/** The shape of the generalized Pareto tail. A few bakes cannot tell it, and tails of real metrics are longer than exponential. */
const shape = 0.25;
/** The mean excess that is assumed before any is seen, as a share of the start of the tail, and how many excesses that counts as. */
const priorExcess = 0.25;
const priorCount = 2;
/** The minimum mean excess, as a share of the start of the tail. */
const minExcess = 0.1;
/** One incident must not stretch the tail: an excess counts as at most this many median excesses. */
const maxExcess = 3;
/** What happened once may have been an incident. A bake must be worse than it, but not by more than this many times what happened twice. */
const maxOnce = 1.5;
/** With this many independent bakes the threshold doubles; the margin falls with their square. */
const fewBakes = 3;

/**
 * The score that a healthy bake exceeds with a probability of `alpha`: peaks over a threshold with a generalized Pareto tail (Pickands 1975). Neighboring
 * pseudo bakes overlap, so all that lie within a bake of each other are one event. It is never below the second largest event, unless there are more than
 * `1 / alpha` independent bakes.
 */
export function healthyLimit(healthy: HealthyScores, { bake, independent, alpha }: TailSettings): number {
  const from = Math.max(minScore, quantileSorted(sorted(healthy.scores), tailFrom) || 0);
  const peaks = peaksAbove(healthy, from, bake);
  const excesses = peaks.map((peak) => peak - from);
  const cap = maxExcess * quantileSorted(excesses.toReversed(), 0.5);
  let sum = priorCount * priorExcess * from;
  for (const excess of excesses) sum += Math.min(excess, cap);
  const scale = Math.max(minExcess * from, sum / (peaks.length + priorCount));
  const share = (peaks.length + 0.5) / (Math.max(independent, peaks.length) + 1);
  const times = Math.max(1, share / Math.min(0.1, Math.max(1e-9, alpha)));
  const tail = from + (scale * (times ** shape - 1)) / shape;
  // Of many bakes the budget lets the largest few fail.
  const [once = from, twice = from] = peaks.slice(Math.floor(independent * alpha));
  return Math.max(tail, Math.min(once, maxOnce * twice)) * (1 + (fewBakes / Math.max(1, independent)) ** 2);
}

/** The largest score of each event in the tail, largest first. */
function peaksAbove({ scores, starts }: HealthyScores, from: number, bake: number): readonly number[] {
  const peaks: number[] = [];
  let before = Number.NaN;
  const inOrder = starts.map((start, i) => ({ start, score: scores[i] ?? 0 })).toSorted((a, b) => a.start - b.start);
  for (const { start, score } of inOrder) {
    if (score <= from) continue;
    const last = peaks.length - 1;
    if (start - before <= bake) peaks[last] = Math.max(peaks[last] ?? 0, score);
    else peaks.push(score);
    before = start;
  }
  return peaks.toSorted((a, b) => b - a);
}

/** With this many healthy bakes of events to learn from, the threshold doubles, and with more it is lower; a tenth of the budget raises it by 12 %. */
const fewFlowBakes = 10;
const referenceAlpha = 0.01;
const alphaPower = 0.05;
/** Windows need only find what is large: what is small is left to the test at the end. */
const flowMargin = 1.12;
/** The minimum limit of events: what chance alone makes in the many windows of a bake. */
const minFlowLimit = 1.4;
const wildFrom = 0.95;

/**
 * The limit for events: their scores are in standard deviations already, and their tails are short. The geometric mean of the 95 % quantile and the
 * maximum of the healthy scores, with a margin for few bakes and for a small budget.
 */
export function flowLimit({ scores }: HealthyScores, { independent, alpha }: TailSettings): number {
  const all = sorted(scores);
  const [wild, wildest] = [Math.max(minScore, quantileSorted(all, wildFrom) || 0), Math.max(minScore, all.at(-1) ?? 0)];
  const few = 1 + fewFlowBakes / Math.max(1, independent);
  const strict = (referenceAlpha / Math.min(0.1, Math.max(1e-9, alpha))) ** alphaPower;
  return Math.max(minFlowLimit, Math.sqrt(wild * wildest) * flowMargin) * few * strict;
}
