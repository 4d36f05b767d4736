import type { Line } from './line.ts';
import { medianOf } from './quantiles.ts';
import { runningSums } from './tally.ts';

/**
 * A way to say at one moment what comes. `pattern`: what the season alone says of every tick of the past and of the bake (`NaN`: nothing);
 * `follow`: how much of the last hour's distance from it is carried on.
 */
export type Method = { readonly name: string; readonly pattern: Float64Array | null; readonly follow: number };

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
const smoothMs = 900_000;

/**
 * The ways to forecast that the past is long enough for. Two days are asked for before "yesterday" is believed: with less there are too few
 * pseudo deploys to find out whether it can be. `horizon`: how many ticks ahead must be seen; a season that is not over by then is of no use.
 */
export function methodsFor(line: Line, horizon: number): readonly Method[] {
  const days = (line.values.length * line.stepMs) / dayMs;
  const methods: Method[] = [{ name: 'the last hour', pattern: null, follow: 1 }];
  const smooth = smoothed(line);
  const add = (name: string, { values, lags }: { values: Float64Array; lags: readonly number[] }, follows: readonly number[]) => {
    const ticks = lags.map((lag) => Math.round((lag * dayMs) / line.stepMs)).filter((lag) => lag >= horizon + reachOf(line));
    if (ticks.length === 0) return;
    const pattern = averageOfLags(values, ticks, line.values.length + 2 * horizon);
    for (const follow of follows) methods.push({ name, pattern, follow });
  };
  if (days >= 2) {
    add('yesterday', { values: smooth, lags: [1] }, [0, 0.5, 1]);
    // Where a shorter rhythm than a day is in step with the clock, only the numbers themselves hold it.
    add('yesterday', { values: line.values, lags: [1] }, [0, 1]);
  }
  if (days >= 3) add('the days before', { values: smooth, lags: [1, 2, 3, 4, 5, 6, 7].filter((lag) => lag < days - 1) }, [0, 0.5, 1]);
  if (days >= 8.5) {
    add('last week', { values: smooth, lags: [7] }, [0, 0.5, 1]);
    add('last week and yesterday', { values: smooth, lags: [1, 7, 7] }, [0.5, 1]);
  }
  return methods;
}

/** What `method` expects of `length` ticks from tick `from` on, seen `gap` ticks earlier; `null` where it cannot say. */
export function forecast(line: Line, method: Method, { from, gap, length, least, flow }: Moment): Float64Array | null {
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

/** Where the hour before `at` lay: its level, or what it was more (or times) than its season. */
function levelAt({ values, stepMs }: Line, { pattern }: Method, at: number, flow: boolean): number {
  const first = Math.max(0, at - Math.max(3, Math.round(hourMs / stepMs)));
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

/** A centered mean over a quarter of an hour: the season without its noise. */
function smoothed(line: Line): Float64Array {
  const { values } = line;
  const reach = reachOf(line);
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

function reachOf({ stepMs }: Line): number {
  return Math.max(1, Math.round(smoothMs / stepMs));
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
