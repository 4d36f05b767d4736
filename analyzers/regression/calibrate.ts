import type { CalibrationInput } from '../../src/core/analyzer.ts';
import { lengthOf, type Stretch } from '../../src/core/series.ts';
import { calibrateCounts } from './calibrate-counts.ts';
import { calibrateLine } from './calibrate-line.ts';
import type { Arm, Calibration, CountsArm, CountsStream } from './calibration.ts';
import type { Side } from './evidence.ts';
import { harmOf } from './harm.ts';
import { coarsened, lineOf } from './line.ts';
import { type Tally, talliesOf, tallyOf } from './tally.ts';

export const defaultAlpha = 0.01;
/** The least tolerance: the replay raises it where the metric's own past asks for it. */
export const leastTolerance = 0.25;
/** Differences below two hundredths of a percentage point are nobody's regression. */
export const leastShare = 0.0002;
/** Nothing is learned from a bound that nearly all requests pass. */
const mostShare = 0.95;

export type Params = { readonly tolerance?: number | undefined; readonly direction?: 'up' | 'down' | 'both' | undefined };

/** Learns from the history what each direction is held against. `null` where the history holds nothing. */
export function calibrate(input: CalibrationInput, params: Params): Calibration | null {
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

export type ArmInput = CalibrationInput & { readonly history: Stretch; readonly alpha: number };

function armFor(input: ArmInput, side: Side, params: Params): readonly Arm[] {
  const { ticks } = input.history;
  if (ticks.kind === 'ratio' || (ticks.kind === 'rate' && ticks.exposure)) {
    const tally = tallyOf(input.history);
    const arm = tally === null ? null : countsArm([tally], input, { side, isShare: ticks.kind === 'ratio', params });
    return arm === null ? [] : [arm];
  }
  if (ticks.kind === 'latency') {
    const arm = countsArm(informative(talliesOf(input.history)), input, { side, isShare: true, params });
    return arm === null ? [] : [arm];
  }
  return [];
}

/** Both directions share one threshold: what goes up and what goes down are held against the same healthy bakes. */
function lineArms({ history, stepMs, forMs, alpha, deployedAt }: ArmInput, side: 'up' | 'down' | 'both', params: Params): readonly Arm[] {
  const line = lineOf(history);
  if (line === null) return [];
  const flow = history.ticks.kind === 'rate';
  const arm = calibrateLine(coarsened(line, { stepMs, keep: 'end', flow }), {
    flow,
    side,
    tolerance: params.tolerance,
    alpha,
    forMs,
    deployedAt,
  });
  return arm === null ? [] : [arm];
}

type Choice = { readonly side: Side; readonly isShare: boolean; readonly params: Params };

function countsArm(
  tallies: readonly (Tally & { readonly column?: number })[],
  input: ArmInput,
  { side, isShare, params }: Choice,
): CountsArm | null {
  const streams = tallies.flatMap((tally): CountsStream[] => {
    const floorShare = isShare ? leastShare : 0;
    const options = { side, isShare, forMs: input.forMs, alpha: input.alpha, floor: params.tolerance ?? leastTolerance, floorShare };
    const found = calibrateCounts(tally, options);
    return found === null ? [] : [{ column: tally.column ?? -1, ...found, harm: harmOf(found, { side, isShare }) }];
  });
  return streams.length === 0 ? null : { law: 'counts', side, isShare, streams };
}

/** Bounds that some but not nearly all requests pass; of those that none passed, the lowest shows everything that the higher ones could. */
function informative(tallies: readonly Tally[]): readonly (Tally & { readonly column: number })[] {
  const kept: (Tally & { readonly column: number })[] = [];
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
