import { mean, median } from 'simple-statistics';
import type { Reading } from '../../src/core/judge/readings.ts';
import type { Stretch } from '../../src/core/series/ticks.ts';

/** What a metric's past is like: its median, how much it varies, and how many events its average holds. */
export type Usual = {
  readonly median: number;
  /** The robust standard deviation of the past's readings. */
  readonly spread: number;
  readonly count: number;
  /** The average share or rate; and the size of the past's readings, in requests or in units of exposure. */
  readonly mean: number;
  readonly size: number;
};

/** The median absolute deviation of a normal distribution is this part of its standard deviation (Hampel 1974); so is the mean one. */
const [medianPart, meanPart] = [0.6745, 0.7979];
/** Of a number that never changed, a change of this share is one deviation. */
const leastShare = 0.01;

/** Learns from the past's readings. Where more than half of them are equal, the mean deviation stands in for the median one. */
export function usualOf(list: readonly Reading[], past: Stretch): Usual {
  const values = list.map(({ value }) => value);
  const center = median(values);
  const off = values.map((value) => Math.abs(value - center));
  const spread = median(off) / medianPart || mean(off) / meanPart || leastShare * Math.abs(center);
  const sizes = list.map((reading) => sizeOf(reading, past));
  return { median: center, spread, count: list.length, mean: mean(values), size: median(sizes) };
}

/**
 * How much a reading of this size usually varies. Counts vary by chance, the more the fewer there are, so that a reading smaller than those of the
 * past may lie further off; and one event more or less is never unusual.
 */
export function spreadOf(reading: Reading, bake: Stretch, { spread, mean: average, size: pastSize }: Usual): number {
  if (bake.ticks.kind === 'value') return spread;
  const variance = Math.max(0, average * (bake.ticks.kind === 'rate' ? 1 : 1 - average));
  const chance = (size: number) => (size > 0 ? variance / size + 1 / size / size : 0);
  const own = chance(sizeOf(reading, bake));
  const total = Math.max(Math.sqrt(own), Math.hypot(spread, Math.sqrt(Math.max(0, own - chance(pastSize)))));
  return Number.isFinite(total) ? total : spread;
}

/** Requests of a share; seconds, or units of exposure, of a rate. */
function sizeOf({ samples, from, to }: Reading, { ticks, stepMs }: Stretch): number {
  if (ticks.kind !== 'rate') return samples;
  if (!ticks.exposure) return (samples * stepMs) / 1000;
  let size = 0;
  for (const exposure of ticks.exposure.slice(from, to)) if (exposure !== null && exposure > 0) size += Math.min(exposure, 1e300);
  return size;
}
