import { runningSums } from '../counts/event-counts.ts';
import { medianOf } from '../math/quantiles.ts';
import type { GaugeSeries } from './gauge-series.ts';

/**
 * A forecast method. `pattern`: the seasonal value of every tick of the past and of the bake (`NaN`: unknown). `follow`: the share of the
 * deviation from the pattern over the last `reachMs` that the forecast continues.
 */
export type Method = { readonly name: string; readonly pattern: Float64Array | null; readonly follow: number; readonly reachMs: number };

/**
 * `gap`: how many ticks before `from` the past ends. `length`: the maximum number of ticks to forecast, `minLength`: the minimum.
 * `flow`: events, whose level is a factor of the season; otherwise numbers, whose level is a difference from it.
 */
export type Moment = {
  readonly from: number;
  readonly gap: number;
  readonly length: number;
  readonly minLength: number;
  readonly flow: boolean;
};

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const quarterMs = 900_000;

/**
 * The forecast methods that the past is long enough for. "yesterday" needs two days: with less there are too few pseudo deploys to test it.
 * `horizon`: how many ticks ahead the forecast reaches; a season must be longer than that.
 */
export function methodsFor(series: GaugeSeries, horizon: number, flow: boolean): readonly Method[] {
  const days = (series.values.length * series.stepMs) / dayMs;
  const methods: Method[] = [{ name: 'the last hour', pattern: null, follow: 1, reachMs: hourMs }];
  const possibleSeasons = seasons.filter(({ minDays }) => days >= minDays);
  // Few events are noisy: their season is smoother, and their level known better, over longer stretches. Numbers may have a rhythm of their own.
  const reaches = flow ? [hourMs, 3 * hourMs] : [hourMs];
  for (const smoothMs of flow ? [quarterMs, hourMs] : [quarterMs, 0]) {
    const reach = smoothMs === 0 ? 0 : Math.max(1, Math.round(smoothMs / series.stepMs));
    const smooth = reach === 0 ? series.values : smoothed(series.values, reach);
    for (const { name, lags } of smoothMs === 0 ? possibleSeasons.slice(0, 1) : possibleSeasons) {
      const ticks = lags
        .filter((lag) => lag < days - 1 || lags.length === 1)
        .map((lag) => Math.round((lag * dayMs) / series.stepMs))
        .filter((lag) => lag >= horizon + reach);
      if (ticks.length === 0) continue;
      const pattern = averageOfLags(smooth, ticks, series.values.length + 2 * horizon);
      methods.push({ name, pattern, follow: 0, reachMs: hourMs });
      for (const reachMs of reaches) for (const follow of [0.5, 1]) methods.push({ name, pattern, follow, reachMs });
    }
  }
  return methods;
}

/** The days that a season averages (a week ago counts twice compared with yesterday), and the minimum length of the past in days. */
const seasons: readonly { readonly name: string; readonly lags: readonly number[]; readonly minDays: number }[] = [
  { name: 'yesterday', lags: [1], minDays: 2 },
  { name: 'the days before', lags: [1, 2, 3, 4, 5, 6, 7], minDays: 3 },
  { name: 'last week', lags: [7], minDays: 8.5 },
  { name: 'last week and yesterday', lags: [1, 7, 7], minDays: 8.5 },
];

/** The forecast of `length` ticks from tick `from` on, made `gap` ticks earlier; `null` if the method has too little data. */
export function forecast(series: GaugeSeries, method: Method, { from, gap, length, minLength, flow }: Moment): Float64Array | null {
  const level = levelAt(series, method, from - gap, flow);
  if (Number.isNaN(level)) return null;
  const out = new Float64Array(length);
  if (method.pattern === null) return out.fill(level);
  const times = flow ? level ** method.follow : method.follow * level;
  for (let i = 0; i < length; i++) {
    const seasonal = method.pattern[from + i] ?? Number.NaN;
    if (Number.isNaN(seasonal)) return i >= minLength ? out.subarray(0, i) : null;
    out[i] = flow ? seasonal * times : seasonal + times;
  }
  return out;
}

/** The level just before `at`: absolute, or relative to the season (a difference, or a factor for events). */
function levelAt({ values, stepMs }: GaugeSeries, { pattern, reachMs }: Method, at: number, flow: boolean): number {
  const first = Math.max(0, at - Math.max(3, Math.round(reachMs / stepMs)));
  const differences: number[] = [];
  let [sum, seasonSum, count] = [0, 0, 0];
  for (let i = first; i < at; i++) {
    const [value, season] = [values[i] ?? Number.NaN, pattern === null ? 0 : (pattern[i] ?? Number.NaN)];
    if (Number.isNaN(value) || Number.isNaN(season)) continue;
    if (flow) [sum, seasonSum, count] = [sum + value, seasonSum + season, count + 1];
    else differences.push(value - season);
  }
  if (!flow) return differences.length === 0 ? Number.NaN : medianOf(differences);
  if (count === 0) return Number.NaN;
  if (pattern === null) return sum / count;
  return seasonSum > 0 ? Math.min(10, Math.max(0.1, sum / seasonSum)) : 1;
}

/** A centered mean over `reach` ticks on either side: the season without its noise. */
function smoothed(values: Float64Array, reach: number): Float64Array {
  const known = values.map((value) => (Number.isNaN(value) ? 0 : 1));
  const [sums, counts] = [runningSums(values.map((value) => (Number.isNaN(value) ? 0 : value))), runningSums(known)];
  const out = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const [from, to] = [Math.max(0, i - reach), Math.min(values.length, i + reach + 1)];
    const count = (counts[to] ?? 0) - (counts[from] ?? 0);
    out[i] = count > 0 ? ((sums[to] ?? 0) - (sums[from] ?? 0)) / count : Number.NaN;
  }
  return out;
}

/** The median over three days or more: a mean would keep a share of a day that was unlike the others. Over fewer, the mean. */
function averageOfLags(values: Float64Array, lags: readonly number[], length: number): Float64Array {
  const average = new Set(lags).size > 2 ? medianOf : meanOf;
  const out = new Float64Array(length);
  for (let i = 0; i < length; i++)
    out[i] = average(lags.map((lag) => values[i - lag] ?? Number.NaN).filter((value) => !Number.isNaN(value)));
  return out;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
