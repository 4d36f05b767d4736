import { runningSums } from '../counts/event-counts.ts';
import { medianOf } from '../math/quantiles.ts';
import type { GaugeSeries } from './gauge-series.ts';

/**
 * A way to say at one moment what comes. `pattern`: what the season alone says of every tick of the past and of the bake (`NaN`: nothing);
 * `follow`: how much of the distance from it over the last `reachMs` is carried on.
 */
export type Method = { readonly name: string; readonly pattern: Float64Array | null; readonly follow: number; readonly reachMs: number };

/**
 * `gap`: how many ticks before `from` the past ends. `length`: how many ticks are wanted, `least`: how many are needed.
 * `flow`: events, whose level is a factor of the season; otherwise numbers, whose level is a difference from it.
 */
export type Moment = {
  readonly from: number;
  readonly gap: number;
  readonly length: number;
  readonly least: number;
  readonly flow: boolean;
};

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const quarterMs = 900_000;

/**
 * The ways to forecast that the past is long enough for. Two days are asked for before "yesterday" is believed: with less there are too few
 * pseudo deploys to find out whether it can be. `horizon`: how many ticks ahead must be seen; a season that is not over by then is of no use.
 */
export function methodsFor(line: GaugeSeries, horizon: number, flow: boolean): readonly Method[] {
  const days = (line.values.length * line.stepMs) / dayMs;
  const methods: Method[] = [{ name: 'the last hour', pattern: null, follow: 1, reachMs: hourMs }];
  const seasonsAsked = seasons.filter(({ least }) => days >= least);
  // Few events are noisy: their season is smoother, and their level known better, over longer stretches. Numbers may have a rhythm of their own.
  const reaches = flow ? [hourMs, 3 * hourMs] : [hourMs];
  for (const smoothMs of flow ? [quarterMs, hourMs] : [quarterMs, 0]) {
    const reach = smoothMs === 0 ? 0 : Math.max(1, Math.round(smoothMs / line.stepMs));
    const smooth = reach === 0 ? line.values : smoothed(line.values, reach);
    for (const { name, lags } of smoothMs === 0 ? seasonsAsked.slice(0, 1) : seasonsAsked) {
      const ticks = lags
        .filter((lag) => lag < days - 1 || lags.length === 1)
        .map((lag) => Math.round((lag * dayMs) / line.stepMs))
        .filter((lag) => lag >= horizon + reach);
      if (ticks.length === 0) continue;
      const pattern = averageOfLags(smooth, ticks, line.values.length + 2 * horizon);
      methods.push({ name, pattern, follow: 0, reachMs: hourMs });
      for (const reachMs of reaches) for (const follow of [0.5, 1]) methods.push({ name, pattern, follow, reachMs });
    }
  }
  return methods;
}

/** Of which days a season is made (a week ago counts twice beside yesterday), and of how many days of the past it may be believed. */
const seasons: readonly { readonly name: string; readonly lags: readonly number[]; readonly least: number }[] = [
  { name: 'yesterday', lags: [1], least: 2 },
  { name: 'the days before', lags: [1, 2, 3, 4, 5, 6, 7], least: 3 },
  { name: 'last week', lags: [7], least: 8.5 },
  { name: 'last week and yesterday', lags: [1, 7, 7], least: 8.5 },
];

/** What `method` expects of `length` ticks from tick `from` on, seen `gap` ticks earlier; `null` where it cannot say. */
export function forecast(line: GaugeSeries, method: Method, { from, gap, length, least, flow }: Moment): Float64Array | null {
  const level = levelAt(line, method, from - gap, flow);
  if (Number.isNaN(level)) return null;
  const out = new Float64Array(length);
  if (method.pattern === null) return out.fill(level);
  const times = flow ? level ** method.follow : method.follow * level;
  for (let i = 0; i < length; i++) {
    const usual = method.pattern[from + i] ?? Number.NaN;
    if (Number.isNaN(usual)) return i >= least ? out.subarray(0, i) : null;
    out[i] = flow ? usual * times : usual + times;
  }
  return out;
}

/** Where the time just before `at` lay: its level, or what it was more (or times) than its season. */
function levelAt({ values, stepMs }: GaugeSeries, { pattern, reachMs }: Method, at: number, flow: boolean): number {
  const first = Math.max(0, at - Math.max(3, Math.round(reachMs / stepMs)));
  const apart: number[] = [];
  let [sum, usual, count] = [0, 0, 0];
  for (let i = first; i < at; i++) {
    const [value, season] = [values[i] ?? Number.NaN, pattern === null ? 0 : (pattern[i] ?? Number.NaN)];
    if (Number.isNaN(value) || Number.isNaN(season)) continue;
    if (flow) [sum, usual, count] = [sum + value, usual + season, count + 1];
    else apart.push(value - season);
  }
  if (!flow) return apart.length === 0 ? Number.NaN : medianOf(apart);
  if (count === 0) return Number.NaN;
  if (pattern === null) return sum / count;
  return usual > 0 ? Math.min(10, Math.max(0.1, sum / usual)) : 1;
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

function averageOfLags(values: Float64Array, lags: readonly number[], length: number): Float64Array {
  const out = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    let [sum, count] = [0, 0];
    for (const lag of lags) {
      const value = values[i - lag];
      if (value === undefined || Number.isNaN(value)) continue;
      sum += value;
      count++;
    }
    out[i] = count > 0 ? sum / count : Number.NaN;
  }
  return out;
}
