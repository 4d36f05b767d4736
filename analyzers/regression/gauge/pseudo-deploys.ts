import { medianOf, quantileSorted, sorted } from '../math/quantiles.ts';
import { deviationOf, distanceOf, inUnits, type Measure, scoreOf } from './deviation-score.ts';
import { forecast, type Method, type Moment, methodsFor } from './forecast.ts';
import type { GaugeSeries } from './gauge-series.ts';
import { MovingMeans, stepReach } from './moving-means.ts';

/** A past with the pseudo deploys cut from it. `bake` and `gap` are in ticks: how long a bake is, and how long before it the past ends. */
export type Replay = {
  readonly line: GaugeSeries;
  readonly flow: boolean;
  /** Events only: a forecast never says less. */
  readonly least: number;
  readonly bake: number;
  readonly gap: number;
  readonly starts: readonly number[];
};

const mostReplays = 200;
const hourMs = 3_600_000;
const dayMs = 86_400_000;
/** Where the wildest twentieth of the pseudo deploys begins. */
export const usualShare = 0.95;
/** The shares of the distances that lie below one deviation, were they normal. */
const oneDeviation = 0.683;
/** A forecast of events never says less than this share of the usual level: at night one event more or less is no news. */
const leastOfLevel = 0.02;

/** Pseudo deploys every sixth of a bake, newest first, after the first day where there are two; a past shorter than four bakes is cut in shorter ones. */
export function replayOf(line: GaugeSeries, flow: boolean, { forMs, deployedAt }: { forMs: number; deployedAt: number }): Replay {
  const { values, startAt, stepMs } = line;
  const length = values.length;
  const wanted = Math.max(1, Math.round(forMs / stepMs));
  const bake = Math.max(1, Math.min(wanted, Math.floor(length / 4)));
  const gap = Math.min(length, Math.max(0, Math.round((deployedAt - startAt) / stepMs) - length));
  const hour = Math.max(stepReach, Math.round(hourMs / stepMs));
  const first = gap + (length * stepMs >= 2 * dayMs ? Math.round(dayMs / stepMs) : Math.min(hour, Math.floor(length / 4)));
  const last = length - bake;
  return {
    line,
    flow,
    least: flow ? leastOfLevel * levelOf(values) : Number.NEGATIVE_INFINITY,
    bake,
    gap,
    starts: startsFrom(first, last, bake),
  };
}

/** Every sixth of a bake, or fewer over a long past. */
function startsFrom(first: number, last: number, bake: number): readonly number[] {
  const apart = Math.max(1, Math.round(bake / 6), Math.ceil((last - first) / mostReplays));
  const starts: number[] = [];
  for (let at = last; at >= first; at -= apart) starts.push(at);
  return starts;
}

function levelOf(values: Float64Array): number {
  let [sum, count] = [0, 0];
  for (const value of values) if (!Number.isNaN(value)) [sum, count] = [sum + value, count + 1];
  return count > 0 ? sum / count : 0;
}

/** The pseudo bakes as one method would have forecast them, and its forecast of the bake itself. */
export type Forecasts = {
  readonly method: Method;
  readonly ahead: Float64Array;
  readonly bakes: readonly MovingMeans[];
  /** How many bakes that do not overlap lie in the time of the pseudo bakes. */
  readonly independent: number;
};

/** The forecast that was nearest in replay; among nearly equal ones the simplest. `null` where none can be made. */
export function bestForecasts(replay: Replay): Forecasts | null {
  const { line, bake, gap, flow, starts } = replay;
  let best: { method: Method; ahead: Float64Array; error: number; first: number } | null = null;
  for (const method of methodsFor(line, bake + gap, flow)) {
    const ahead = aheadOf(replay, method, { from: line.values.length, gap: 0, length: 2 * bake + gap, least: bake + gap });
    if (ahead === null) continue;
    const errors: number[] = [];
    let first = line.values.length;
    for (const at of starts) {
      const expected = aheadOf(replay, method, { from: at, gap, length: bake, least: bake });
      if (expected === null) continue;
      first = at;
      (flow ? pushShare : pushErrors)(errors, line.values.subarray(at, at + bake), expected);
    }
    const error = flow ? quantileSorted(sorted(errors), oneDeviation) : medianOf(errors);
    if (errors.length > 0 && (best === null || error < 0.98 * best.error)) best = { method, ahead, error, first };
  }
  if (best === null) return null;
  const { method, ahead, first } = best;
  const last = line.values.length - bake;
  // A forecast from last week was possible in the newest days only: they are cut more finely.
  const bakes = startsFrom(first, last, bake).flatMap((at) => meansAt(replay, method, at) ?? []);
  return { method, ahead, bakes, independent: (last + bake - first) / bake };
}

function aheadOf({ line, flow, least }: Replay, method: Method, moment: Omit<Moment, 'flow'>): Float64Array | null {
  const ahead = forecast(line, method, { ...moment, flow });
  return flow && ahead !== null ? ahead.map((value) => Math.max(value, least)) : ahead;
}

function pushErrors(errors: number[], values: Float64Array, expected: Float64Array): void {
  for (const [i, value] of values.entries()) if (!Number.isNaN(value)) errors.push(Math.abs(value - (expected[i] ?? 0)));
}

/** How wrong the sum over the bake is, as a share: single ticks of events are too noisy to tell forecasts apart. */
function pushShare(errors: number[], values: Float64Array, expected: Float64Array): void {
  let [sum, wanted] = [0, 0];
  for (const [i, value] of values.entries()) if (!Number.isNaN(value)) [sum, wanted] = [sum + value, wanted + (expected[i] ?? 0)];
  if (sum > 0 || wanted > 0) errors.push(Math.abs(Math.log(Math.max(sum, 1e-3 * wanted) / Math.max(wanted, 1e-3 * sum))));
}

function meansAt(replay: Replay, method: Method, at: number): MovingMeans | null {
  const { line, gap, bake } = replay;
  const expected = aheadOf(replay, method, { from: at, gap, length: bake, least: bake });
  if (expected === null) return null;
  const before = gap === 0 ? line.values.subarray(Math.max(0, at - stepReach), at) : new Float64Array();
  return MovingMeans.of({ values: line.values.subarray(at, at + bake), forecast: expected, before });
}

type ReplaySettings = Pick<Measure, 'side' | 'questions' | 'windows'>;

/** For each question and window, how far each pseudo bake went at most; `unit` says in what. */
export function peaksOf(
  bakes: readonly MovingMeans[],
  asked: ReplaySettings,
  unit: (place: number, expected: number, count: number) => number,
): readonly Float64Array[] {
  return places(asked).map(([question, length], place) =>
    Float64Array.from(bakes, (means) => {
      let most = 0;
      for (let at = length - 1; at < means.length; at++) {
        const window = means.around(question, at, length);
        if (window === null) continue;
        const size = inUnits(distanceOf(window, asked.side), unit(place, window.expected, window.count));
        if (size > most && means.isShared(window, at, length)) most = size;
      }
      return most;
    }).sort(),
  );
}

/** For each window, how wrong the forecast of its sum is beyond what independent events explain, as a share. */
export function noiseOf(bakes: readonly MovingMeans[], asked: ReplaySettings, phi: number): readonly number[] {
  return places(asked).map(([question, length]) => {
    const shares: number[] = [];
    for (const means of bakes) {
      for (let at = length - 1; at < means.length; at += length) {
        const window = means.around(question, at, length);
        if (window === null || !(window.expected > 0)) continue;
        const share = Math.abs(window.mean - window.against) / window.expected;
        const explained = deviationOf(window, phi, 0) / window.expected;
        shares.push(share * Math.abs(share) - explained * explained);
      }
    }
    return Math.sqrt(Math.max(0, quantileSorted(sorted(shares), oneDeviation) || 0));
  });
}

/** The largest score of each pseudo bake, smallest first. */
export function scoresOf(bakes: readonly MovingMeans[], measure: Measure): Float64Array {
  const all = places(measure);
  return Float64Array.from(bakes, (means) => {
    let most = 0;
    for (const [place, [question, length]] of all.entries()) {
      for (let at = length - 1; at < means.length; at++) {
        const window = means.around(question, at, length);
        if (window === null) continue;
        const score = scoreOf(window, place, measure);
        if (score > most && means.isShared(window, at, length)) most = score;
      }
    }
    return most;
  }).sort();
}

/** Every question with every window, in the order of their places. */
export function places({
  questions,
  windows,
}: Pick<Measure, 'questions' | 'windows'>): readonly (readonly [Measure['questions'][number], number])[] {
  return questions.flatMap((question) => windows.map((length) => [question, length] as const));
}
