import type { GaugeQuestion, GaugeSide, MovingMean } from './moving-means.ts';

/** What a distance is measured in, and what of it is nobody's regression. */
export type Measure = {
  readonly side: GaugeSide;
  readonly windows: readonly number[];
  readonly questions: readonly GaugeQuestion[];
  /** For each question and window, how far the wildest healthy bakes go: as a difference, or (events) in deviations. */
  readonly spread: readonly number[];
  /** Events only: how many times more they vary than independent ones would, and for each window how wrong the forecast is beyond that, as a share. */
  readonly phi: number;
  readonly noise: readonly number[];
  /** The owner's tolerance, taken off each distance; and the smallest distance that counts at all. Both as shares of the forecast. */
  readonly slack: number;
  readonly least: number;
};

/** Scores end here: beyond it, far is far. */
const mostScore = 1e6;

/** How far a window went in the direction that is worse, as a difference. */
export function distanceOf({ mean, against }: MovingMean, side: GaugeSide): number {
  const apart = mean - against;
  return side === 'up' ? apart : side === 'down' ? -apart : Math.abs(apart);
}

/** How far a window went, in the unit in which the healthy bakes are scored. `place` counts windows, question after question. */
export function scoreOf(window: MovingMean, place: number, measure: Measure): number {
  const distance = distanceOf(window, measure.side);
  const usual = Math.abs(window.expected);
  const left = distance - measure.slack * usual;
  if (left <= 0 || distance < measure.least * usual) return 0;
  return Math.min(mostScore, inUnits(left, unitOf(window, place, measure)));
}

/** A distance in units; where there is no unit because nothing ever moved, any distance is a large one. */
export function inUnits(distance: number, unit: number): number {
  if (distance <= 0) return 0;
  return unit > 0 ? distance / unit : mostScore;
}

/** The distance whose score is 1. */
export function unitOf(
  { expected, count }: Pick<MovingMean, 'expected' | 'count'>,
  place: number,
  { spread, phi, noise }: Measure,
): number {
  const own = spread[place] ?? 0;
  if (noise.length === 0) return own;
  return own * deviationOf({ expected, count }, phi, noise[place] ?? 0);
}

/** The deviation of a mean of `count` ticks of events around their forecast. */
export function deviationOf({ expected, count }: Pick<MovingMean, 'expected' | 'count'>, phi: number, noise: number): number {
  return Math.hypot(Math.sqrt((phi * expected) / count), noise * expected);
}
