import { z } from 'zod';
import type { CalibrationInput } from '../../src/core/judge/analyzer.ts';
import { coarsened, type GaugeSeries, gaugeOf } from '../regression/gauge/gauge-series.ts';
import { medianOf, quantileSorted, sorted } from '../regression/math/quantiles.ts';
import { addPoint, type LineSums, noSums, slopeOf } from './fit-line.ts';
import { isLook, lookTimes, minTicks } from './looks.ts';

/** The largest that a pseudo bake of the past showed at any look, and what one in twenty of them exceeded. */
const HealthyRises = z.object({ largest: z.number(), usual: z.number() });

/** What a check learned from its history when its bake began. Rises and the level are numbers of one tick of the bake. Plain JSON. */
export const TrendCalibration = z.object({
  version: z.literal(1),
  /** The median size of the past's numbers. */
  level: z.number(),
  up: HealthyRises,
  down: HealthyRises,
  replayed: z.number(),
  /** How many bakes that do not overlap the past holds. */
  independent: z.number(),
});
export type TrendCalibration = z.output<typeof TrendCalibration>;

/** In a shorter past there is too little to compare with. */
const minIndependent = 4;
const minReplays = 6;
const maxReplays = 1000;
const healthyQuantile = 0.95;

/** Fits lines to pseudo bakes of the past, at the looks of a real bake; `null` where the past is shorter than four bakes. */
export function calibrateTrend({ history, stepMs, forMs }: CalibrationInput): TrendCalibration | null {
  const series = history && gaugeOf(history);
  if (series === null) return null;
  const flow = history?.ticks.kind === 'rate';
  const past = coarsened(series, { stepMs, keep: 'end', flow });
  const length = Math.max(minTicks, Math.round(forMs / past.stepMs));
  const independent = past.values.length / length;
  if (independent < minIndependent) return null;
  const rises = replayed(past, length);
  if (rises.length < minReplays) return null;
  // Events of a tick that is not as long as a tick of the bake are that share of it; a number is what it is.
  const scale = flow ? stepMs / past.stepMs : 1;
  const healthy = (side: 'up' | 'down') => {
    const sizes = sorted(rises.map((rise) => rise[side] * scale));
    return { largest: sizes.at(-1) ?? 0, usual: quantileSorted(sizes, healthyQuantile) };
  };
  const level = medianOf(past.values.filter((value) => !Number.isNaN(value)).map(Math.abs)) * scale;
  return { version: 1, level, up: healthy('up'), down: healthy('down'), replayed: rises.length, independent };
}

type PseudoRise = { readonly up: number; readonly down: number };

/** Every sixth of a bake, or fewer over a long past. */
function replayed({ values }: GaugeSeries, length: number): readonly PseudoRise[] {
  const last = values.length - length;
  const spacing = Math.max(1, Math.round(length / 6), Math.ceil(last / maxReplays));
  const rises: PseudoRise[] = [];
  for (let at = last; at >= 0; at -= spacing) rises.push(...pseudoRise(values.subarray(at, at + length)));
  return rises;
}

/** How far one pseudo bake rose, and fell, at the look at which that was largest; none where too many ticks are missing. */
function pseudoRise(values: Float64Array): readonly PseudoRise[] {
  const times = lookTimes(values.length);
  const origin = values.find((value) => !Number.isNaN(value)) ?? 0;
  let sums: LineSums = noSums;
  let [up, down, looks] = [0, 0, 0];
  for (const [t, value] of values.entries()) {
    if (!Number.isNaN(value)) sums = addPoint(sums, { t, x: value - origin, before: null });
    const slope = isLook(times, t + 1) && 2 * sums.count >= t + 1 ? slopeOf(sums) : null;
    if (slope === null) continue;
    looks++;
    [up, down] = [Math.max(up, slope * (t + 1)), Math.max(down, -slope * (t + 1))];
  }
  return looks === 0 ? [] : [{ up, down }];
}
