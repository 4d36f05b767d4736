import { mean, median } from 'simple-statistics';
import type { Reading } from '../../src/core/judge/readings.ts';
import type { TicksKind } from '../../src/core/series/ticks.ts';

/** What is normal for a metric, learned from its past: its median, how much it varies, and how many events its average holds. */
export type Normal = {
  readonly median: number;
  /** The robust standard deviation of the past's readings. */
  readonly spread: number;
  readonly count: number;
  /** The average share or rate; and the size of the past's readings, in requests or in units of exposure. */
  readonly mean: number;
  readonly size: number;
};

/** The median absolute deviation of a normal distribution is this part of its standard deviation (Hampel 1974); and the mean one. */
const [medianPart, meanPart] = [0.6745, 0.7979];
/** Of a number that never changed, a change of this share is one deviation. */
const minShare = 0.01;

/** Learns from the past's readings. Where more than half of them are equal, the mean deviation is taken instead of the median one. */
export function normalOf(list: readonly Reading[]): Normal {
  const values = list.map(({ value }) => value);
  const center = median(values);
  const off = values.map((value) => Math.abs(value - center));
  const spread = median(off) / medianPart || mean(off) / meanPart || minShare * Math.abs(center);
  return { median: center, spread, count: list.length, mean: mean(values), size: median(list.map(({ size }) => size)) };
}

/**
 * How much a reading of this size normally varies. Counts vary by chance, the more the fewer there are, so that a reading smaller than those of the
 * past may lie further off; and one event more or less is never an anomaly.
 */
export function spreadOf(reading: Reading, kind: TicksKind, { spread, mean: average, size: pastSize }: Normal): number {
  if (kind === 'value') return spread;
  const variance = Math.max(0, average * (kind === 'rate' ? 1 : 1 - average));
  const chance = (size: number) => (size > 0 ? variance / size + 1 / size / size : 0);
  const own = chance(reading.size);
  const total = Math.max(Math.sqrt(own), Math.hypot(spread, Math.sqrt(Math.max(0, own - chance(pastSize)))));
  return Number.isFinite(total) ? total : spread;
}
