import type { GaugeModel } from '../calibration.ts';
import type { GaugeQuestion, MovingMeans } from './moving-means.ts';

/** What the window ending at a tick showed that went furthest, in the unit of the healthy scores. */
export type GaugeDeviation = {
  readonly score: number;
  readonly question: GaugeQuestion;
  readonly length: number;
  readonly place: number;
  readonly at: number;
};

/** A bake's numbers beside what was learned. */
export type GaugeState = {
  readonly arm: GaugeModel;
  /** Events are told as sums, numbers as means. */
  readonly flow: boolean;
  readonly means: MovingMeans;
  readonly forecast: Float64Array;
  readonly stepMs: number;
  /** How many of the first so many ticks were answered. */
  readonly known: readonly number[];
};
