import type { GaugeModel } from '../calibration.ts';
import type { EndRule, EndSum } from './end-sum.ts';
import type { OpenTick } from './gauge-series.ts';
import type { GaugeQuestion, MeansState } from './moving-means.ts';

/** Of the windows that end at one tick, the one that went furthest, in the unit of the healthy scores. */
export type GaugeDeviation = {
  readonly score: number;
  readonly question: GaugeQuestion;
  readonly length: number;
  readonly place: number;
};

/** What a verdict is about: the window that went furthest, or all events up to the planned end. */
export type GaugeSubject = GaugeDeviation | 'end';

/**
 * A bake's numbers so far, as far as windows still reach back. `at`: how many ticks as long as the model's there are; `known`: how many of them were
 * answered. Plain JSON.
 */
export type GaugeState = {
  readonly ticks: number;
  readonly open: OpenTick;
  readonly at: number;
  readonly known: number;
  readonly means: MeansState;
  /** Events only: all of them, up to the planned end; `null` where there is no test at the end. */
  readonly sum: EndSum | null;
  readonly worstScore: number;
  readonly newestScore: number;
};

/** How a gauge is judged. `size`: how many ticks of the bake make one of the model's. `flow`: events are shown as sums, numbers as means. */
export type GaugeTest = {
  readonly model: GaugeModel;
  /** Another model judges the other direction. */
  readonly isPair: boolean;
  readonly flow: boolean;
  /** The test at the planned end, of events. */
  readonly end: EndRule | null;
  /** The unit of a number, or of one event. */
  readonly unit: string;
  readonly size: number;
  /** The length of a tick of the model, and of the bake, in milliseconds. */
  readonly stepMs: number;
  readonly tickMs: number;
  /** Half of the planned bake, in milliseconds. */
  readonly halfMs: number;
  /** What was forecast for tick `at`; `undefined` beyond the end of the forecast. */
  readonly forecastAt: (at: number) => number | undefined;
  /** What the rival forecasts say of tick `at`. */
  readonly rivalsAt: (at: number) => readonly number[];
};
