import type { CalibrationInput } from '../../src/core/judge/analyzer.ts';
import { lengthOf, type Stretch } from '../../src/core/series/ticks.ts';
import type { Calibration, CountsModel, CountsSeriesModel, OneSidedModel } from './calibration.ts';
import { calibrateCounts } from './counts/calibrate.ts';
import type { Side } from './counts/e-process.ts';
import { type EventCounts, eventCountsOf, slowCountsByBound } from './counts/event-counts.ts';
import { nonInferiorityMargin } from './counts/non-inferiority-margin.ts';
import { calibrateGauge } from './gauge/calibrate.ts';
import { coarsened, gaugeOf } from './gauge/gauge-series.ts';

export const defaultAlpha = 0.01;
/** The least tolerance: the replay raises it where the metric's own past asks for it. */
export const minTolerance = 0.25;
/** Differences below two hundredths of a percentage point are nobody's regression. */
export const minShare = 0.0002;
/** Nothing is learned from a bound that nearly all requests pass. */
const mostShare = 0.95;

export type RegressionParams = { readonly tolerance?: number | undefined; readonly direction?: 'up' | 'down' | 'both' | undefined };

/** Learns from the history what each direction is held against. `null` where the history holds nothing. */
export function calibrate(input: CalibrationInput, params: RegressionParams): Calibration | null {
  const alpha = input.alpha ?? defaultAlpha;
  const { history } = input;
  if (history === null || lengthOf(history.ticks) === 0) return null;
  const direction = params.direction ?? input.direction;
  if (history.ticks.kind === 'value' || (history.ticks.kind === 'rate' && !history.ticks.exposure)) {
    const arms = lineArms({ ...input, history, alpha }, direction, params);
    return arms.length === 0 ? null : { version: 1, alpha, arms: [...arms] };
  }
  const sides = sidesOf(direction);
  const share = alpha / sides.length;
  const arms = sides.flatMap((side) => armFor({ ...input, history, alpha: share }, side, params));
  return arms.length === 0 ? null : { version: 1, alpha: share, arms };
}

export function sidesOf(direction: 'up' | 'down' | 'both'): readonly Side[] {
  return direction === 'both' ? ['up', 'down'] : [direction];
}

export type ModelInput = CalibrationInput & { readonly history: Stretch; readonly alpha: number };

function armFor(input: ModelInput, side: Side, params: RegressionParams): readonly OneSidedModel[] {
  const { ticks } = input.history;
  if (ticks.kind === 'ratio' || (ticks.kind === 'rate' && ticks.exposure)) {
    const tally = eventCountsOf(input.history);
    const arm = tally === null ? null : countsArm([tally], input, { side, isShare: ticks.kind === 'ratio', params });
    return arm === null ? [] : [arm];
  }
  if (ticks.kind === 'latency') {
    const arm = countsArm(informative(slowCountsByBound(input.history)), input, { side, isShare: true, params });
    return arm === null ? [] : [arm];
  }
  return [];
}

/** Both directions share one threshold: what goes up and what goes down are held against the same healthy bakes. */
function lineArms(
  { history, stepMs, forMs, alpha, deployedAt }: ModelInput,
  side: 'up' | 'down' | 'both',
  params: RegressionParams,
): readonly OneSidedModel[] {
  const line = gaugeOf(history);
  if (line === null) return [];
  const flow = history.ticks.kind === 'rate';
  const arm = calibrateGauge(coarsened(line, { stepMs, keep: 'end', flow }), {
    flow,
    side,
    tolerance: params.tolerance,
    alpha,
    forMs,
    deployedAt,
  });
  return arm === null ? [] : [arm];
}

type ModelChoice = { readonly side: Side; readonly isShare: boolean; readonly params: RegressionParams };

function countsArm(
  tallies: readonly (EventCounts & { readonly column?: number })[],
  input: ModelInput,
  { side, isShare, params }: ModelChoice,
): CountsModel | null {
  const streams = tallies.flatMap((tally): CountsSeriesModel[] => {
    const floorShare = isShare ? minShare : 0;
    const options = { side, isShare, forMs: input.forMs, alpha: input.alpha, floor: params.tolerance ?? minTolerance, floorShare };
    const found = calibrateCounts(tally, options);
    return found === null ? [] : [{ column: tally.column ?? -1, ...found, harm: nonInferiorityMargin(found, { side, isShare }) }];
  });
  return streams.length === 0 ? null : { law: 'counts', side, isShare, streams };
}

/** Bounds that some but not nearly all requests pass; of those that none passed, the lowest shows everything that the higher ones could. */
function informative(tallies: readonly EventCounts[]): readonly (EventCounts & { readonly column: number })[] {
  const kept: (EventCounts & { readonly column: number })[] = [];
  for (const [column, tally] of tallies.entries()) {
    const [events, samples] = [sum(tally.bad), sum(tally.total)];
    if (samples <= 0 || events > mostShare * samples) continue;
    kept.push({ ...tally, column });
    if (events === 0) break;
  }
  return kept;
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
