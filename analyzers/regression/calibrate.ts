import type { CalibrationInput } from '../../src/core/judge/analyzer.ts';
import { lengthOf, type Stretch } from '../../src/core/series/ticks.ts';
import type { Calibration, CountsModel, CountsSeriesModel, OneSidedModel } from './calibration.ts';
import { calibrateCounts } from './counts/calibrate.ts';
import type { Side } from './counts/e-process.ts';
import { type EventCounts, eventCountsOf } from './counts/event-counts.ts';
import { calibrateGauge, type GaugeOptions } from './gauge/calibrate.ts';
import { coarsened, gaugeOf } from './gauge/gauge-series.ts';
import { referenceOf } from './gauge/log-scale.ts';

export const defaultAlpha = 0.01;
/** The minimum tolerance: the replay of pseudo deploys raises it where the metric's own past asks for it. */
export const minTolerance = 0.25;
/** Minimum absolute effect: differences below two hundredths of a percentage point are ignored. */
export const minShare = 0.0002;
/** A bound that more than this share of the requests exceed is not used. */
const maxShare = 0.95;

export type RegressionParams = { readonly tolerance?: number | undefined; readonly direction?: 'up' | 'down' | 'both' | undefined };

/** Learns from the history what each direction is compared with. `null` where the history holds nothing. */
export function calibrate(input: CalibrationInput, params: RegressionParams): Calibration | null {
  const alpha = input.alpha ?? defaultAlpha;
  const { history } = input;
  if (history === null || lengthOf(history.ticks) === 0) return null;
  const direction = params.direction ?? input.direction;
  if (history.ticks.kind === 'value' || (history.ticks.kind === 'rate' && !history.ticks.exposure)) {
    const models = gaugeModels({ ...input, history, alpha }, direction, params);
    return models.length === 0 ? null : { version: 1, alpha, arms: [...models] };
  }
  const sides = sidesOf(direction);
  const share = alpha / sides.length;
  const models = sides.flatMap((side) => countsModelFor({ ...input, history, alpha: share }, side, params));
  return models.length === 0 ? null : { version: 1, alpha: share, arms: models };
}

export function sidesOf(direction: 'up' | 'down' | 'both'): readonly Side[] {
  return direction === 'both' ? ['up', 'down'] : [direction];
}

export type ModelInput = CalibrationInput & { readonly history: Stretch; readonly alpha: number };

function countsModelFor(input: ModelInput, side: Side, params: RegressionParams): readonly OneSidedModel[] {
  const { kind } = input.history.ticks;
  const counts = eventCountsOf(input.history);
  const model = countsModel(kind === 'latency' ? informative(counts) : counts, input, { side, isShare: kind !== 'rate', params });
  return model === null ? [] : [model];
}

/**
 * Rises of numbers are judged as differences and falls as factors, because a number cannot fall by more than it has. A metric that is often 0 is judged as
 * differences alone. Where both directions are worse, each has half of the budget.
 */
function gaugeModels(
  { history, stepMs, forMs, alpha, deployedAt }: ModelInput,
  side: 'up' | 'down' | 'both',
  { tolerance }: RegressionParams,
): readonly OneSidedModel[] {
  const numbers = gaugeOf(history);
  if (numbers === null) return [];
  const flow = history.ticks.kind === 'rate';
  const series = coarsened(numbers, { stepMs, keep: 'end', flow });
  const reference = flow ? null : referenceOf(series);
  const whole: GaugeOptions = { flow, side, tolerance, alpha, forMs, deployedAt, reference: null, isPair: false };
  const half = { ...whole, alpha: alpha / 2, isPair: true };
  const all: readonly GaugeOptions[] =
    reference === null || side === 'up'
      ? [whole]
      : side === 'down'
        ? [{ ...whole, reference }]
        : [
            { ...half, side: 'up' },
            { ...half, side: 'down', reference },
          ];
  return all.map((options) => calibrateGauge(series, options)).filter((model) => model !== null);
}

type ModelChoice = { readonly side: Side; readonly isShare: boolean; readonly params: RegressionParams };

function countsModel(
  series: readonly (EventCounts & { readonly column?: number })[],
  input: ModelInput,
  { side, isShare, params }: ModelChoice,
): CountsModel | null {
  const models = series.flatMap((counts): CountsSeriesModel[] => {
    const floorShare = isShare ? minShare : 0;
    const options = { side, isShare, forMs: input.forMs, alpha: input.alpha, floor: params.tolerance ?? minTolerance, floorShare };
    const found = calibrateCounts(counts, options);
    if (found === null) return [];
    return [{ column: counts.column ?? -1, ...found }];
  });
  return models.length === 0 ? null : { law: 'counts', side, isShare, streams: models };
}

/** The useful bounds: not nearly all requests exceed them. Of the bounds that no request exceeded, only the lowest is kept: the higher ones add nothing. */
function informative(series: readonly EventCounts[]): readonly (EventCounts & { readonly column: number })[] {
  const kept: (EventCounts & { readonly column: number })[] = [];
  for (const [column, counts] of series.entries()) {
    const [events, samples] = [sum(counts.bad), sum(counts.total)];
    if (samples <= 0 || events > maxShare * samples) continue;
    kept.push({ ...counts, column });
    if (events === 0) break;
  }
  return kept;
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
