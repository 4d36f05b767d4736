import { medianOf, typicalSize } from '../math/quantiles.ts';
import { cleanPast } from './clean-past.ts';
import { forecast, type Method, type Moment, methodsFor } from './forecast.ts';
import { dispersionOf, pushErrors, pushRoots } from './forecast-error.ts';
import type { GaugeSeries } from './gauge-series.ts';
import { type GaugeSide, MovingMeans, stepReach } from './moving-means.ts';

/** A past with the pseudo deploys cut from it. `bake` and `gap` are in ticks: how long a bake is, and how long before it the past ends. */
export type Replay = {
  readonly series: GaugeSeries;
  /** The series without its incidents: forecasts are made from it. */
  readonly clean: GaugeSeries;
  /** No forecast leaves the range of the clean past. */
  readonly range: readonly [low: number, high: number];
  readonly flow: boolean;
  /** Events only: how many times more neighboring ticks differ than independent events would. */
  readonly phi: number;
  /** Events only: the minimum of a forecast. */
  readonly minForecast: number;
  readonly bake: number;
  readonly gap: number;
  readonly starts: readonly number[];
};

const maxReplays = 200;
const hourMs = 3_600_000;
const dayMs = 86_400_000;
/** The shares of the distances that lie below one deviation, were they normal. */
export const oneDeviation = 0.683;
/** The minimum forecast of events, as a share of the average level. Where more are worse, one event at night must not matter. */
const fewOfLevel = 0.02;
/** The same where only fewer are worse: of nothing there is no fall. */
const noneOfLevel = 1e-6;

type CutOptions = { readonly flow: boolean; readonly side: GaugeSide; readonly forMs: number; readonly deployedAt: number };

/** Pseudo deploys every sixth of a bake, newest first, after the first day where there are two; a past shorter than four bakes is cut in shorter ones. */
export function replayOf(series: GaugeSeries, { flow, side, forMs, deployedAt }: CutOptions): Replay {
  const { values, startAt, stepMs } = series;
  const length = values.length;
  const planned = Math.max(1, Math.round(forMs / stepMs));
  const bake = Math.max(1, Math.min(planned, Math.floor(length / 4)));
  const gap = Math.min(length, Math.max(0, Math.round((deployedAt - startAt) / stepMs) - length));
  const hour = Math.max(stepReach, Math.round(hourMs / stepMs));
  const first = gap + (length * stepMs >= 2 * dayMs ? Math.round(dayMs / stepMs) : Math.min(hour, Math.floor(length / 4)));
  const last = length - bake;
  const phi = flow ? dispersionOf(values) : 0;
  const clean = cleanPast(series, phi);
  return {
    series,
    clean,
    range: rangeOf(clean.values),
    flow,
    phi,
    minForecast: flow ? (side === 'down' ? noneOfLevel : fewOfLevel) * levelOf(values) : Number.NEGATIVE_INFINITY,
    bake,
    gap,
    starts: startsFrom(first, last, bake),
  };
}

/** Every sixth of a bake, or fewer over a long past. */
export function startsFrom(first: number, last: number, bake: number): readonly number[] {
  const spacing = Math.max(1, Math.round(bake / 6), Math.ceil((last - first) / maxReplays));
  const starts: number[] = [];
  for (let at = last; at >= first; at -= spacing) starts.push(at);
  return starts;
}

function rangeOf(values: Float64Array): readonly [low: number, high: number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) if (!Number.isNaN(value)) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return [low, high];
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
  /** The forecasts of the bake by other methods that are nearly as good. */
  readonly rivals: readonly Float64Array[];
  readonly bakes: readonly MovingMeans[];
  /** The first tick of each pseudo bake. */
  readonly starts: readonly number[];
  /** How many bakes that do not overlap lie in the time of the pseudo bakes. */
  readonly independent: number;
};

export type ForecastCandidate = { readonly method: Method; readonly ahead: Float64Array; readonly error: number; readonly first: number };

/** The forecast method with the smallest error in the replay; of nearly equal methods the simplest. `null` if no forecast is possible. */
export function bestForecasts(replay: Replay): Forecasts | null {
  const candidates = candidatesOf(replay);
  let best: ForecastCandidate | null = null;
  for (const one of candidates) if (best === null || one.error < 0.98 * best.error) best = one;
  if (best === null) return null;
  const { method, ahead, first } = best;
  const { series, bake } = replay;
  const rivals = rivalsOf(best, candidates);
  const methods = rivals.map((rival) => rival.method);
  const last = series.values.length - bake;
  // A forecast from last week is possible in the newest days only, so their pseudo deploys are placed closer together.
  const found = startsFrom(first, last, bake).flatMap((at) => {
    const means = meansAt(replay, [method, ...methods], at);
    return means === null ? [] : [{ at, means }];
  });
  return {
    method,
    ahead,
    rivals: rivals.map((rival) => rival.ahead),
    bakes: found.map(({ means }) => means),
    starts: found.map(({ at }) => at),
    independent: (last + bake - first) / bake,
  };
}

export function candidatesOf(replay: Replay): readonly ForecastCandidate[] {
  const { series, clean, bake, gap, flow, phi, starts } = replay;
  return methodsFor(clean, bake + gap, flow ? phi : null).flatMap((method) => {
    const ahead = aheadOf(replay, method, { from: series.values.length, gap: 0, length: 2 * bake + gap, minLength: bake + gap });
    if (ahead === null) return [];
    const errors: number[] = [];
    let first = series.values.length;
    for (const at of starts) {
      const expected = aheadOf(replay, method, { from: at, gap, length: bake, minLength: bake });
      if (expected === null) continue;
      first = at;
      const values = series.values.subarray(at, at + bake);
      if (flow) pushRoots(errors, { values, expected, phi });
      else pushErrors(errors, values, expected);
    }
    const error = flow ? typicalSize(errors) : medianOf(errors);
    return errors.length > 0 ? [{ method, ahead, error, first }] : [];
  });
}

/** A rival's error is at most this many times the smallest one. */
const rivalError = 1.5;
const maxRivals = 2;

/** The best methods of other kinds that are nearly as good as the best one. */
function rivalsOf(best: ForecastCandidate, candidates: readonly ForecastCandidate[]): readonly ForecastCandidate[] {
  const rivals: ForecastCandidate[] = [];
  for (const one of candidates.toSorted((a, b) => a.error - b.error)) {
    const isNew = [best, ...rivals].every(({ method }) => method.name !== one.method.name);
    if (isNew && one.error <= rivalError * best.error && rivals.length < maxRivals) rivals.push(one);
  }
  return rivals;
}

export function aheadOf(
  { clean, range: [low, high], flow, minForecast }: Replay,
  method: Method,
  moment: Omit<Moment, 'flow'>,
): Float64Array | null {
  const ahead = forecast(clean, method, { ...moment, flow });
  if (ahead === null) return null;
  for (let i = 0; i < ahead.length; i++) ahead[i] = Math.max(Math.min(Math.max(ahead[i] ?? 0, low), high), minForecast);
  return ahead;
}

/** The pseudo bake at a tick with its forecasts, the best method first; `null` where that one has too little data. */
function meansAt(replay: Replay, methods: readonly Method[], at: number): MovingMeans | null {
  const { series, gap, bake } = replay;
  const [expected, ...rivals] = methods.map((method) => aheadOf(replay, method, { from: at, gap, length: bake, minLength: bake }));
  if (expected == null) return null;
  const before = gap === 0 ? series.values.subarray(Math.max(0, at - stepReach), at) : new Float64Array();
  const values = series.values.subarray(at, at + bake);
  return MovingMeans.of({ values, forecast: expected, rivals: rivals.filter((rival) => rival !== null), before });
}
