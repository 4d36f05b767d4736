import type { FoldProgress } from '../../../src/core/judge/fold.ts';
import type { GaugeModel } from '../calibration.ts';
import type { Side } from '../counts/e-process.ts';
import type { MaxRuns } from './constant-control.ts';
import type { AppearanceState, ExceedanceState } from './exceedances.ts';
import type { LevelShiftState } from './level-shift.ts';
import type { DifferenceState } from './minimum-detectable-effect.ts';
import type { PairMeans, PairsState } from './pairs.ts';

/**
 * How a gauge is compared with its control. `alpha`: for one direction. `looks`: the planned ticks of the bake. `models`: how far the service goes by
 * itself; none without a past. `needed`: the log evidence that fails.
 */
export type ControlTest = {
  readonly tolerance: number;
  readonly sides: readonly Side[];
  readonly runs: MaxRuns;
  readonly alpha: number;
  readonly budget: number;
  readonly maxExceedances: number;
  readonly needed: number;
  readonly looks: number;
  readonly stepMs: number;
  /** The unit of the numbers. */
  readonly unit: string;
  readonly models: readonly GaugeModel[];
  readonly hasPast: boolean;
};

/**
 * A bake and its control so far. `starts`: means since each moment at which a shift may have begun. `alone`: the bake judged by its past, as long as
 * the control has given no reading. Plain JSON.
 */
export type ControlState = {
  readonly pairs: PairsState;
  readonly means: PairMeans;
  readonly starts: readonly { readonly at: number; readonly means: PairMeans }[];
  readonly shifts: readonly LevelShiftState[];
  readonly exceedances: ExceedanceState;
  readonly appearances: AppearanceState;
  readonly differences: DifferenceState;
  readonly alone: FoldProgress | null;
};
