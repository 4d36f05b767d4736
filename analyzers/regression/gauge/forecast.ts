import { runningSums } from '../counts/event-counts.ts';
import { medianOf, medianOfFew, sortFew } from '../math/quantiles.ts';
import type { GaugeSeries } from './gauge-series.ts';

/**
 * A forecast method. `pattern`: the seasonal value of every tick of the past and of the bake (`NaN`: unknown). `follow`: the share of the
 * deviation from the pattern over the last `reachMs` that the forecast continues.
 */
export type Method = {
  readonly name: string;
  readonly pattern: Float64Array | null;
  readonly follow: number;
  readonly reachMs: number;
  /** Events only: a level that this number of them shows is drawn half of the way towards the season's. */
  readonly few: number;
  /** The levels found so far, by tick: methods with the same pattern and reach share them. */
  readonly levels: Map<number, number>;
};

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
export function methodsFor(series: GaugeSeries, horizon: number, phi: number | null): readonly Method[] {
  const flow = phi !== null;
  const few = fewEvents * (phi ?? 0);
  const days = (series.values.length * series.stepMs) / dayMs;
  const methods: Method[] = [{ name: 'the last hour', pattern: null, follow: 1, reachMs: hourMs, few, levels: new Map() }];
  const possibleSeasons = seasons.filter(({ minDays }) => days >= minDays);
  // Few events are noisy: their season is smoother, and their level known better, over longer stretches. Numbers may have a rhythm of their own.
  const reaches = flow ? [hourMs, 3 * hourMs] : [hourMs];
  for (const smoothMs of flow ? smoothingOf(series, phi) : [quarterMs, 0]) {
    const reach = smoothMs === 0 ? 0 : Math.max(1, Math.round(smoothMs / series.stepMs));
    const smooth = reach === 0 ? series.values : smoothed(series.values, reach);
    for (const { name, lags } of smoothMs === 0 ? possibleSeasons.slice(0, 1) : possibleSeasons) {
      const ticks = lags
        .filter((lag) => lag < days - 1 || lags.length === 1)
        .map((lag) => Math.round((lag * dayMs) / series.stepMs))
        .filter((lag) => lag >= horizon + reach);
      if (ticks.length === 0) continue;
      const pattern = averageOfLags(smooth, {
        lags: ticks,
        length: series.values.length + 2 * horizon,
        average: flow ? middleMean : new Set(ticks).size > 2 ? medianOfFew : meanOfFew,
      });
      for (const reachMs of reaches) {
        const levels = new Map<number, number>();
        for (const follow of reachMs === hourMs ? [0, 0.5, 1] : [0.5, 1]) methods.push({ name, pattern, follow, reachMs, few, levels });
      }
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
  const at = from - gap;
  const level = method.levels.get(at) ?? levelAt(series, method, at, flow);
  method.levels.set(at, level);
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
function levelAt({ values, stepMs }: GaugeSeries, { pattern, reachMs, few }: Method, at: number, flow: boolean): number {
  const first = Math.max(0, at - Math.max(3, Math.round(reachMs / stepMs)));
  const differences: number[] = [];
  let [sum, seasonSum, count] = [0, 0, 0];
  for (let i = first; i < at; i++) {
    const [value, season] = [values[i] ?? Number.NaN, pattern === null ? 0 : (pattern[i] ?? Number.NaN)];
    if (Number.isNaN(value) || Number.isNaN(season)) continue;
    count++;
    sum += value;
    seasonSum += season;
    if (!flow) differences.push(value - season);
  }
  if (!flow) return differences.length === 0 ? Number.NaN : medianOf(differences);
  if (count === 0) return Number.NaN;
  if (pattern === null) return sum / count;
  return seasonSum + few > 0 ? Math.min(10, Math.max(0.1, (sum + few) / (seasonSum + few))) : 1;
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

/** Over how long the season of events is smoothed. Few events need more of it; with many, a shop that closes does so on the minute. */
function smoothingOf({ values, stepMs }: GaugeSeries, phi: number): readonly number[] {
  const known = values.filter((value) => !Number.isNaN(value));
  const perHour = (meanOfFew(known, known.length) * hourMs) / stepMs;
  if (perHour < fewPerHour * phi) return [hourMs, 3 * hourMs];
  return perHour < manyPerHour * phi ? [hourMs / 12, hourMs] : [hourMs / 12];
}

/** Events, of which one in a cluster counts. */
const fewEvents = 20;
const fewPerHour = 60;
const manyPerHour = 1000;

/** The average of the first numbers of a list, which it may sort. */
type Average = (few: Float64Array, count: number) => number;
type Lags = { readonly lags: readonly number[]; readonly length: number; readonly average: Average };

/** The average of some days before, as far as they are known. */
function averageOfLags(values: Float64Array, { lags, length, average }: Lags): Float64Array {
  const out = new Float64Array(length);
  const known = new Float64Array(lags.length);
  for (let i = 0; i < length; i++) {
    let count = 0;
    for (const lag of lags) {
      const value = values[i - lag] ?? Number.NaN;
      if (!Number.isNaN(value)) known[count++] = value;
    }
    out[i] = average(known, count);
  }
  return out;
}

function meanOfFew(few: Float64Array, count: number): number {
  return meanBetween(few, 0, count);
}

function meanBetween(few: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += few[i] ?? 0;
  return sum / (to - from);
}

/** The mean without the lowest and the highest of five or more: a day that was unlike the others must not count, and the median of few events is too low. */
function middleMean(few: Float64Array, count: number): number {
  if (count < 5) return meanOfFew(few, count);
  sortFew(few, count);
  return meanBetween(few, 1, count - 1);
}
