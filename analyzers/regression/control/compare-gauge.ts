import type { AnalyzerInput } from '../../../src/core/judge/analyzer.ts';
import { advance, type FailVerdict, type Fold, foldOf, type OpenVerdict, startOf, verdictOf } from '../../../src/core/judge/fold.ts';
import { defaultUnit } from '../../../src/core/series/check-unit.ts';
import type { Tick } from '../../../src/core/series/tick.ts';
import type { Calibration } from '../calibration.ts';
import type { Side } from '../counts/e-process.ts';
import { gaugeAt } from '../gauge/gauge-series.ts';
import { maxExceedances, maxRuns } from './constant-control.ts';
import { addToAppearances, addToExceedances, appearancesIn, isTooMany, noAppearances, noExceedances } from './exceedances.ts';
import { addToLevelShift, isShiftStart, minPairs, noShift } from './level-shift.ts';
import { addToDifferences, noDifferences } from './minimum-detectable-effect.ts';
import { addToPairMeans, addToPairs, noMeans, noPairs, type ReleasePair, resolutionOf } from './pairs.ts';
import * as reason from './reason.ts';
import type { ControlState, ControlTest } from './state.ts';

/** `pastFold`: judges the bake by its past, until the control gives its first reading. */
export type ControlOptions = {
  readonly alpha: number;
  readonly tolerance: number;
  readonly sides: readonly Side[];
  readonly calibration: Calibration | null;
  readonly pastFold: Fold;
};

/** The share of the budget for exceedances that do not come in a row. */
const scatteredShare = 0.05;

/** Compares numbers with those of the control at the same time. Common effects cancel; the past only gives the normal variation of the service. */
export function compareGauge(input: AnalyzerInput, options: ControlOptions): Fold {
  const { pastFold } = options;
  const test = testFor(input, options);
  return foldOf<ControlState>({
    initial: {
      pairs: noPairs,
      means: noMeans,
      starts: [],
      shifts: test.sides.map(() => noShift),
      exceedances: noExceedances,
      appearances: noAppearances,
      differences: noDifferences,
      alone: test.hasPast ? startOf(pastFold) : null,
    },
    step: (state, tick) => {
      const next = added(state, tick, { test, pastFold });
      const fail = failureOf(next, test);
      return fail === null ? { state: next } : { fail };
    },
    verdict: (state) => openVerdict(state, test, pastFold),
  });
}

function testFor({ bake, history, forMs, unit = defaultUnit(bake.shape.kind) }: AnalyzerInput, options: ControlOptions): ControlTest {
  const { alpha, tolerance, sides, calibration } = options;
  const looks = Math.max(1, Math.round(forMs / bake.stepMs));
  return {
    tolerance,
    sides,
    runs: maxRuns(alpha),
    alpha: alpha / sides.length,
    budget: alpha,
    maxExceedances: maxExceedances(looks, scatteredShare * alpha),
    needed: Math.log(sides.length / alpha),
    looks,
    stepMs: bake.stepMs,
    unit: unit.value,
    models: calibration?.arms.filter((model) => model.law !== 'counts') ?? [],
    hasPast: calibration !== null || hasReadings(history),
  };
}

function hasReadings(history: AnalyzerInput['history']): boolean {
  if (history === null || (history.ticks.kind !== 'value' && history.ticks.kind !== 'rate')) return false;
  const column = history.ticks.kind === 'value' ? history.ticks.value : history.ticks.count;
  return column.some((value) => value !== null);
}

function added(state: ControlState, tick: Tick, { test, pastFold }: { readonly test: ControlTest; readonly pastFold: Fold }): ControlState {
  const pair: ReleasePair = { own: gaugeAt(tick.bake), control: tick.control === null ? Number.NaN : gaugeAt(tick.control) };
  const at = state.pairs.ticks;
  const pairs = addToPairs(state.pairs, pair);
  const isBoth = pairs.known.both > state.pairs.known.both;
  const starts = isShiftStart(at, test.looks) ? [...state.starts, { at, means: noMeans }] : state.starts;
  const options = { looks: test.looks, resolution: resolutionOf(pairs) };
  return {
    pairs,
    means: isBoth ? addToPairMeans(state.means, pair) : state.means,
    starts: isBoth ? starts.map((start) => ({ ...start, means: addToPairMeans(start.means, pair) })) : starts,
    shifts: state.shifts.map((shift, i) => addToLevelShift(shift, excess(pair, test.sides[i] ?? 'up', test.tolerance), options)),
    exceedances: isBoth && pairs.isConstant ? addToExceedances(state.exceedances, pair, test.tolerance) : state.exceedances,
    appearances: addToAppearances(state.appearances, pair.own, at),
    differences: isBoth ? addToDifferences(state.differences, pair) : state.differences,
    alone: state.alone === null || pairs.known.control > 0 ? null : advance(pastFold, state.alone, [tick]),
  };
}

/** How far a number lies beyond what is tolerated next to the control's, in the direction that is worse. */
function excess({ own, control }: ReleasePair, side: Side, tolerance: number): number {
  return (side === 'up' ? 1 : -1) * (own - control) - tolerance * Math.abs(control);
}

function failureOf(state: ControlState, test: ControlTest): FailVerdict | null {
  const { pairs, exceedances } = state;
  if (pairs.known.control === 0) return failureWithoutControl(state, test);
  if (pairs.isConstant) {
    const { now } = exceedances;
    const isBad = test.sides.includes(now.side) && isTooMany(now, test.runs, test.maxExceedances);
    return isBad && now.apart > roomFor(test, { side: now.side, ticks: now.run, level: state.means.control })
      ? reason.exceeded(state, test)
      : null;
  }
  for (const [i, { log, from }] of state.shifts.entries()) {
    const side = test.sides[i];
    if (side === undefined || log < test.needed) continue;
    const shift = { from, side };
    const room = roomFor(test, { side, ticks: pairs.ticks - from, level: state.means.control });
    if (reason.differenceSince(state, shift) > room) return reason.shifted(state, test, { ...shift, log });
  }
  return null;
}

/**
 * Without a reading of the control the past decides. Without a past, only a metric that exists when something happened can be distinguished from a wrong
 * query.
 */
function failureWithoutControl({ pairs, appearances, alone }: ControlState, test: ControlTest): FailVerdict | null {
  if (test.hasPast) return alone?.fail ?? null;
  const seen = test.sides.length === 1 && test.sides[0] === 'up' ? appearancesIn(appearances, pairs.ticks) : null;
  if (seen === null || seen.count < minPairs) return null;
  const max = maxExceedances(Math.ceil(test.looks / seen.apart), test.budget);
  return seen.count >= max ? reason.appeared(pairs, test, seen.count) : null;
}

type ServiceShift = { readonly side: Side; readonly ticks: number; readonly level: number };

/**
 * The normal change of the service within `ticks` ticks, from a level: the 95 % quantile of its healthy bakes. 0 without a past, and for events.
 */
function roomFor({ models, stepMs }: ControlTest, { side, ticks, level }: ServiceShift): number {
  const model = models.find((one) => one.side === 'both' || one.side === side);
  const question = model?.questions.indexOf('step') ?? -1;
  if (model === undefined || question < 0) return 0;
  const length = (ticks * stepMs) / model.stepMs;
  const place = model.windows.findLastIndex((window) => window <= length);
  const room = model.spread[question * model.windows.length + Math.max(0, place)] ?? 0;
  return model.law === 'log' ? -Math.expm1(-room) * Math.abs(level) : room;
}

function openVerdict(state: ControlState, test: ControlTest, pastFold: Fold): OpenVerdict {
  const { known, isConstant } = state.pairs;
  if (known.own === 0) return reason.noData(state.pairs, test);
  if (known.control === 0) return state.alone === null ? reason.noControl : openOf(pastFold, state.alone);
  if (known.both < minPairs || 2 * known.both < known.own) return reason.tooFew(state, test);
  if (isConstant) return reason.constant(state, test);
  return reason.moving(
    state,
    test,
    state.shifts.some(({ log }) => log > test.needed / 2),
  );
}

/** A failure by the past is inconclusive until there are enough readings; then it fails the check. */
function openOf(pastFold: Fold, progress: NonNullable<ControlState['alone']>): OpenVerdict {
  const verdict = verdictOf(pastFold, progress);
  return verdict.outcome === 'fail' ? { ...verdict, outcome: 'inconclusive' } : verdict;
}
