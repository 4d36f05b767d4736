import { normalQuantile } from '../math/poisson-limits.ts';
import { capOf, sorted } from '../math/quantiles.ts';
import type { GaugeSide } from './moving-means.ts';

/**
 * All events of a bake so far, and how many were expected in the same ticks. `low` and `high`: by how much the worst ticks are below and above their
 * forecast, largest first. Plain JSON.
 */
export type EndSum = {
  readonly ticks: number;
  readonly known: number;
  readonly events: number;
  readonly expected: number;
  readonly low: readonly number[];
  readonly high: readonly number[];
};

/** How a sum is judged. `phi` and `noise`: as for windows. `limit`: how many deviations are too many. `slack` and `least`: as for windows. */
export type EndRule = {
  readonly ticks: number;
  readonly phi: number;
  readonly noise: number;
  readonly limit: number;
  /** Where fewer events are expected of a bake, as at night, there is no test: when a shop opens to the minute is not known. */
  readonly minExpected: number;
  /** The largest healthy scores, for the rank. */
  readonly top: readonly number[];
};
type EndSettings = { readonly side: GaugeSide; readonly slack: number; readonly least: number };

/** How many of the largest healthy scores are kept. */
const kept = 12;
/** A bake of fewer ticks has no test at its end. */
const minTicks = 5;
/** The minimum of expected events, as a share of what the past has on average. */
const minShareOfUsual = 0.05;
/** The two worst ticks count no more than the third: two bad ticks alone decide nothing. */
const worstKept = 3;
/** The share of the budget of false alarms that is kept for the test at the end. */
const endShare = 0.3;
/** With four independent bakes the limit doubles, and with more it is lower. */
const fewBakes = 4;
/** What happened once may have been an incident: it counts as at most 1.5 times what happened twice. */
const maxOnce = 1.5;

export const noEvents: EndSum = { ticks: 0, known: 0, events: 0, expected: 0, low: [], high: [] };

/** Adds a tick (`NaN`: missing). */
export function addToEnd(sum: EndSum, value: number, forecast: number): EndSum {
  if (Number.isNaN(value)) return { ...sum, ticks: sum.ticks + 1 };
  return {
    ticks: sum.ticks + 1,
    known: sum.known + 1,
    events: sum.events + value,
    expected: sum.expected + forecast,
    low: withWorst(sum.low, forecast - value),
    high: withWorst(sum.high, value - forecast),
  };
}

function withWorst(worst: readonly number[], amount: number): readonly number[] {
  return [...worst, amount].sort((a, b) => b - a).slice(0, worstKept);
}

/** What the healthy sums teach; `null` where the bake is too short. */
export function endRuleOf(
  sums: readonly EndSum[],
  { phi, independent, alpha, ...settings }: EndSettings & { readonly phi: number; readonly independent: number; readonly alpha: number },
): EndRule | null {
  const ticks = sums[0]?.ticks ?? 0;
  const minExpected = minShareOfUsual * meanOf(sums.map(({ expected }) => expected));
  const known = sums.filter((sum) => isJudged(sum, minExpected));
  if (ticks < minTicks || known.length === 0) return null;
  const noise = forecastNoise(
    known.filter(({ expected }) => expected >= phi),
    phi,
  );
  const rule = { ticks, phi, noise, minExpected, limit: 0, top: [] };
  const sides = settings.side === 'both' ? 2 : 1;
  const share = (endShare * Math.min(0.1, Math.max(1e-9, alpha))) / sides;
  const scored = known.map((sum) => endScore(sum, rule, settings));
  const scores = sorted(scored).reverse();
  const [once = 0, twice = 0] = eventsOf(scored).slice(Math.floor(independent * share));
  const limit = Math.max(-normalQuantile(share), Math.min(once, maxOnce * twice)) * (1 + fewBakes / Math.max(1, independent));
  return { ...rule, limit, top: Array.from(scores.subarray(0, kept)) };
}

/**
 * How wrong the forecasts of whole bakes are, as a share, beyond the variance of the events. Larger bakes tell more of it; a few wild ones count no more
 * than others.
 */
function forecastNoise(sums: readonly EndSum[], phi: number): number {
  const sizes = sums.map(({ events, expected }) => Math.abs(events - expected) / Math.sqrt(expected));
  const cap = capOf(sizes);
  let [beyond, weight] = [0, 0];
  for (const [i, { expected }] of sums.entries())
    [beyond, weight] = [beyond + expected * (Math.min(sizes[i] ?? 0, cap) ** 2 - phi), weight + expected * expected];
  return weight > 0 ? Math.sqrt(Math.max(0, beyond / weight)) : 0;
}

function meanOf(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value / values.length;
  return sum;
}

/** Neighboring bakes share what happened: of two that follow each other, only the larger score counts. Largest first. */
function eventsOf(scores: readonly number[]): readonly number[] {
  const isEvent = (score: number, i: number) => score >= (scores[i - 1] ?? 0) && score > (scores[i + 1] ?? 0);
  return scores.filter(isEvent).toSorted((a, b) => b - a);
}

/** Too many missing ticks, or nothing expected: no test. */
function isJudged({ ticks, known, expected }: EndSum, minExpected: number): boolean {
  return 2 * known >= ticks && known >= worstKept && expected > 0 && expected >= minExpected;
}

/** Whether the sum at the planned end is worse than the past allows. */
export function failsAtEnd(sum: EndSum, rule: EndRule, settings: EndSettings): boolean {
  return sum.ticks === rule.ticks && isJudged(sum, rule.minExpected) && endScore(sum, rule, settings) > rule.limit * (1 + epsilon);
}

const epsilon = 1e-6;

/** How many deviations the sum is worse than tolerated. */
export function endScore(sum: EndSum, rule: EndRule, { side, slack, least }: EndSettings): number {
  const { expected, events, low, high } = sum;
  const down = side === 'up' ? 0 : deviations(events + beyondThird(low), expected * (1 - slack), rule);
  const up = side === 'down' ? 0 : -deviations(events - beyondThird(high), expected * (1 + slack), rule);
  const score = Math.max(0, down, up);
  return Math.abs(events - expected) < least * expected ? 0 : score;
}

function beyondThird([first = 0, second = 0, third = 0]: readonly number[]): number {
  return Math.max(0, first - Math.max(0, third)) + Math.max(0, second - Math.max(0, third));
}

/**
 * By how many deviations the events fall short of what was expected; less than 0 where there are more. The signed root of the Poisson deviance, with half
 * an event of continuity (Molenaar 1970), tempered by the variance of the events and of the forecast.
 */
function deviations(events: number, expected: number, { phi, noise }: EndRule): number {
  if (!(expected > 0)) return 0;
  const half = phi / 2;
  const x = events < expected ? Math.min(events + half, expected) : Math.max(events - half, expected);
  const deviance = (x > 0 ? x * Math.log(x / expected) : 0) - x + expected;
  return Math.sign(expected - x) * Math.sqrt((2 * Math.max(0, deviance)) / (phi + Math.max(minNoise, noise * noise) * expected));
}

/** No forecast is better than to a thousandth. */
const minNoise = 1e-6;

/** The smallest lasting change that fails a sum at its end, as a share of what was expected; 1 or more for a fall: none does. */
export function endChange({ expected }: EndSum, rule: EndRule, { side, slack, least }: EndSettings): number {
  const down = side !== 'up';
  if (down && expected < rule.minExpected) return 1;
  const tolerated = expected * (down ? 1 - slack : 1 + slack);
  let [from, to] = [slack, down ? 1 : slack + 1];
  const fails = (share: number) => {
    const score = deviations(expected * (down ? 1 - share : 1 + share), tolerated, rule);
    return (down ? score : -score) > rule.limit;
  };
  while (!down && to < maxRise && !fails(to)) to *= 2;
  if (!fails(to)) return to;
  for (let i = 0; i < steps; i++) {
    const middle = (from + to) / 2;
    if (fails(middle)) to = middle;
    else from = middle;
  }
  return Math.max(least, to);
}

const steps = 20;
const maxRise = 1e6;
