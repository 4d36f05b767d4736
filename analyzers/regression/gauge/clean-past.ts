import { medianOf, medianOfFew } from '../math/quantiles.ts';
import type { GaugeSeries } from './gauge-series.ts';

const dayMs = 86_400_000;
/** How far on either side of a tick its ordinary level and noise are looked for. */
const reachMs = 6 * 3_600_000;
/** Level and noise change slowly: they are taken once in this time. */
const gridMs = 1_800_000;
/** A window of more ticks is thinned out. */
const maxSamples = 72;
/** A tick is an incident where it departs by more than this many deviations. */
const limit = 5;
/** The standard deviation of normal numbers, in units of their median absolute deviation. */
const perMad = 1.4826;
const minDays = 3;
const maxDays = 7;

/** An incident whose ticks are at most so far apart is one. */
const maxGap = 3;

/**
 * The past without its incidents, to make forecasts from: what happened once at this hour is not to be expected again. A tick is an incident where it
 * departs from its season and its neighborhood, and from every other day alone. It is replaced by what is ordinary there. A past of fewer than three days
 * has no season, and stays as it is. What still lasts at the end is no incident of the past, but the present. Only forecasts use the clean past: the
 * healthy scores come from the numbers as they were. `phi`: of a series of events, their dispersion.
 */
export function cleanPast(series: GaugeSeries, phi = 0): GaugeSeries {
  const { values, stepMs } = series;
  const day = Math.round(dayMs / stepMs);
  if (values.length < minDays * day) return series;
  const season = seasonOf(values, day);
  const rest = values.map((value, i) => value - (season[i] ?? 0));
  const ordinaryAt = ordinaryOf(rest, stepMs);
  const isIncident = Array.from(rest, (value, i) => {
    const { middle, deviation } = ordinaryAt(i);
    // Of events, chance alone makes this much.
    const chance = Math.sqrt(phi * Math.max(phi, (season[i] ?? 0) + middle));
    const [departure, room] = [value - middle, limit * Math.max(deviation, chance)];
    if (!(Math.abs(departure) > room)) return false;
    return isAlone(values, { at: i, day, room, sign: Math.sign(departure) });
  });
  const ended = endOfPast(isIncident);
  const out = values.slice();
  for (let i = 0; i < ended; i++) {
    const ordinary = (season[i] ?? 0) + ordinaryAt(i).middle;
    if (isIncident[i] && !Number.isNaN(ordinary)) out[i] = ordinary;
  }
  return { ...series, values: out };
}

/** The first tick of an incident that still lasts at the end; without one, the end. */
function endOfPast(isIncident: readonly boolean[]): number {
  let [end, quiet] = [isIncident.length, 0];
  for (let i = isIncident.length - 1; i >= 0 && quiet <= maxGap; i--) {
    quiet = isIncident[i] ? 0 : quiet + 1;
    if (isIncident[i]) end = i;
  }
  return end;
}

/** The median of the same tick on the other days, at most a week away. */
function seasonOf(values: Float64Array, day: number): Float64Array {
  const others = new Float64Array(2 * maxDays);
  return values.map((_, at) => medianOfFew(others, otherDays(values, { at, day }, others)));
}

/** Reads the numbers of the same tick on the other days into `others`, and returns how many there are. */
function otherDays(values: Float64Array, { at, day }: { readonly at: number; readonly day: number }, others: Float64Array): number {
  let count = 0;
  for (let lag = -maxDays; lag <= maxDays; lag++) {
    const value = lag === 0 ? Number.NaN : (values[at + lag * day] ?? Number.NaN);
    if (!Number.isNaN(value)) others[count++] = value;
  }
  return count;
}

type Departure = { readonly at: number; readonly day: number; readonly room: number; readonly sign: number };

/** Whether no other day was as far out at this time. */
function isAlone(values: Float64Array, { at, day, room, sign }: Departure): boolean {
  const value = values[at] ?? Number.NaN;
  const others = new Float64Array(2 * maxDays);
  const count = otherDays(values, { at, day }, others);
  return others.subarray(0, count).every((other) => sign * (value - other) > room);
}

type Ordinary = { readonly middle: number; readonly deviation: number };

/** The level and the noise around each tick. The noise is at least as large as half of the time. */
function ordinaryOf(rest: Float64Array, stepMs: number): (at: number) => Ordinary {
  const [grid, reach] = [Math.max(1, Math.round(gridMs / stepMs)), Math.max(3, Math.round(reachMs / stepMs))];
  const stride = Math.max(1, Math.floor((2 * reach) / maxSamples));
  const spots: Ordinary[] = [];
  for (let at = 0; at < rest.length; at += grid) {
    const near: number[] = [];
    for (let i = Math.max(0, at - reach); i < Math.min(rest.length, at + reach); i += stride) {
      const value = rest[i] ?? Number.NaN;
      if (!Number.isNaN(value)) near.push(value);
    }
    const middle = medianOf(near);
    spots.push({ middle, deviation: perMad * medianOf(near.map((value) => Math.abs(value - middle))) });
  }
  const floor = medianOf(spots.map(({ deviation }) => deviation).filter((deviation) => !Number.isNaN(deviation)));
  return (at) => {
    const { middle, deviation } = spots[Math.round(at / grid)] ?? spots.at(-1) ?? { middle: Number.NaN, deviation: Number.NaN };
    return { middle, deviation: Math.max(deviation, floor) };
  };
}
