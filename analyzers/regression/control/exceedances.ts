import type { Side } from '../counts/e-process.ts';
import type { MaxRuns } from './constant-control.ts';
import type { ReleasePair } from './pairs.ts';

/** The new release compared with a constant control. `run`: ticks in a row, up to the newest, on one side of what is tolerated. */
export type Exceedance = {
  readonly run: number;
  readonly side: Side;
  /** Whether that run is the first exceedance, after ticks without any. */
  readonly isFirst: boolean;
  /** How many ticks so far lay on that side. */
  readonly count: number;
  /** How far the ticks of the run lie from the control, on average. */
  readonly apart: number;
};

/** The exceedances so far. `wasCalm`: there was a tick without one. Plain JSON. */
export type ExceedanceState = { readonly now: Exceedance; readonly up: number; readonly down: number; readonly wasCalm: boolean };

const noExceedance: Exceedance = { run: 0, side: 'up', isFirst: false, count: 0, apart: 0 };
export const noExceedances: ExceedanceState = { now: noExceedance, up: 0, down: 0, wasCalm: false };

/** Adds a tick that both sides answered. */
export function addToExceedances(state: ExceedanceState, { own, control }: ReleasePair, tolerance: number): ExceedanceState {
  const apart = own - control;
  if (!(Math.abs(apart) > tolerance * Math.abs(control))) return { ...state, now: noExceedance, wasCalm: true };
  const side = apart > 0 ? 'up' : 'down';
  const counts = { up: state.up + (side === 'up' ? 1 : 0), down: state.down + (side === 'down' ? 1 : 0) };
  const isFirst = state.wasCalm && counts.up + counts.down === 1;
  return { ...state, ...counts, now: further(state.now, { side, apart: Math.abs(apart), count: counts[side], isFirst }) };
}

function further(before: Exceedance, { side, apart, count, isFirst }: Omit<Exceedance, 'run'>): Exceedance {
  if (before.run === 0 || before.side !== side) return { run: 1, side, isFirst, count, apart };
  const run = before.run + 1;
  return { run, side, isFirst: before.isFirst, count, apart: before.apart + (apart - before.apart) / run };
}

/** Whether that is more than a healthy bake shows while its control is constant. */
export function isTooMany({ run, isFirst, count }: Exceedance, { first, any }: MaxRuns, max: number): boolean {
  return run >= any || (isFirst && run >= first) || (run > 0 && count >= max);
}

/** Readings of a release whose control gives none. `last`: the tick of the last positive one; `gap`: the fewest ticks between two. Plain JSON. */
export type AppearanceState = {
  readonly count: number;
  readonly last: number | null;
  readonly gap: number | null;
  readonly hasNegative: boolean;
};

export const noAppearances: AppearanceState = { count: 0, last: null, gap: null, hasNegative: false };

/** Adds the reading of tick `at`. */
export function addToAppearances(state: AppearanceState, value: number, at: number): AppearanceState {
  if (value < 0) return { ...state, hasNegative: true };
  if (!(value > 0)) return state;
  const gap = state.last === null ? null : at - state.last;
  const gaps = [gap, state.gap].filter((one) => one !== null);
  return { ...state, count: state.count + 1, last: at, gap: gaps.length > 0 ? Math.min(...gaps) : null };
}

/**
 * A control that never gives a reading, no past either, and a new release that gives one now and then: a metric that exists only when something
 * happened, such as a counter of errors before its first error. `null` where it may be otherwise: readings of a metric that always exists, such as
 * one that the control's query misses, follow one another. `apart`: the fewest ticks from one reading to the next.
 */
export function appearancesIn(
  { count, gap, hasNegative }: AppearanceState,
  ticks: number,
): { readonly count: number; readonly apart: number } | null {
  return !hasNegative && 4 * count <= 3 * ticks ? { count, apart: Math.min(ticks, gap ?? ticks) } : null;
}
