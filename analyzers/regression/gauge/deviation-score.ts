import type { GaugeQuestion, GaugeSide, MovingMean } from './moving-means.ts';

/** The unit of a deviation, and the minimum effect: smaller deviations are ignored. */
export type Measure = {
  /** `log`: of numbers on a logarithmic scale, where a share of any number is the same difference. */
  readonly law: 'line' | 'log';
  readonly side: GaugeSide;
  readonly windows: readonly number[];
  readonly questions: readonly GaugeQuestion[];
  /** For each question and window, the 95 % quantile of the healthy deviations: as a difference, or (events) in standard deviations. */
  readonly spread: readonly number[];
  /** Events only: how many times more they vary than independent ones would, and for each window how wrong the forecast is beyond that, as a share. */
  readonly phi: number;
  readonly noise: readonly number[];
  /** `slack`: the rule's tolerance, subtracted from each deviation. `least`: the minimum deviation that counts. Both as shares of the forecast. */
  readonly slack: number;
  readonly least: number;
  /** The minimum deviation that counts, as a difference. */
  readonly leastBy?: number;
  /** Where both directions are worse: the unit of a fall, in units of a rise. */
  readonly fall?: number;
};

/** The maximum score. */
const maxScore = 1e6;

/** How far a window went in the direction that is worse, as a difference. */
export function distanceOf({ mean, against }: Pick<MovingMean, 'mean' | 'against'>, side: GaugeSide): number {
  const difference = mean - against;
  return side === 'up' ? difference : side === 'down' ? -difference : Math.abs(difference);
}

/** How far a window went, in the unit in which the healthy bakes are scored. `place` counts windows, question after question. */
export function scoreOf(window: MovingMean, place: number, measure: Measure): number {
  const distance = distanceOf(window, measure.side);
  const level = levelOf(window.expected, measure);
  const left = distance - measure.slack * level;
  if (left <= 0 || distance < leastOf(level, measure)) return 0;
  return Math.min(maxScore, inUnits(left, unitOf(window, place, measure) * timesOf(wayOf(window), measure)));
}

/** What shares are taken of. */
export function levelOf(expected: number, { law }: Pick<Measure, 'law'>): number {
  return law === 'log' ? 1 : Math.abs(expected);
}

/** The minimum deviation that counts at a level. */
export function leastOf(level: number, { least, leastBy = 0 }: Pick<Measure, 'least' | 'leastBy'>): number {
  return Math.max(least * level, leastBy);
}

/** Whether a window went up or down from what it is compared with. */
export function wayOf({ mean, against }: Pick<MovingMean, 'mean' | 'against'>): Way {
  return mean < against ? 'down' : 'up';
}

export type Way = Exclude<GaugeSide, 'both'>;

/** What a way's unit is multiplied with. */
export function timesOf(way: Way, { fall = 1 }: Pick<Measure, 'fall'>): number {
  return way === 'down' ? fall : 1;
}

/** A distance in units. Without a unit (the past never changed) any distance gets the maximum score. */
export function inUnits(distance: number, unit: number): number {
  if (distance <= 0) return 0;
  return unit > 0 ? distance / unit : maxScore;
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
