import type { AnalyzerInput, VerdictByTick } from '../../../src/core/judge/analyzer.ts';
import type { Verdict } from '../../../src/core/judge/verdict.ts';
import type { Calibration, GaugeModel } from '../calibration.ts';
import type { Side } from '../counts/e-process.ts';
import { departuresFor, runsFor } from './constant-control.ts';
import { appearances, departuresOf, type Exceedance, isTooMany, noDeparture } from './exceedances.ts';
import { fewestPairs, type LevelShiftEvidence, shiftAbove } from './level-shift.ts';
import { type Pairs, pairsOf } from './pairs.ts';
import { type Beside, BesideWords } from './reason.ts';

/** `alone`: how the bake is judged by its past, for as long as the control has said nothing. */
export type BesideOptions = {
  readonly alpha: number;
  readonly tolerance: number;
  readonly sides: readonly Side[];
  readonly calibration: Calibration | null;
  readonly alone: VerdictByTick;
};

/** The share of the budget for departures that do not come in a row. */
const scattered = 0.05;

type Watch = {
  readonly beside: Beside;
  readonly shifts: readonly { readonly side: Side; readonly shifted: LevelShiftEvidence }[];
  readonly departed: readonly Exceedance[];
  readonly mostDepartures: number;
  readonly needed: number;
  readonly arm: GaugeModel | null;
  readonly hasPast: boolean;
  readonly options: BesideOptions;
  readonly input: AnalyzerInput;
};

/**
 * Judges numbers beside those of the old release: what moves both, cancels, and the past only says how far the service goes by itself. `null` where
 * the series are no numbers.
 */
export function besideValue(input: AnalyzerInput, options: BesideOptions): VerdictByTick | null {
  const { bake, control, forMs } = input;
  const pairs = control === null ? null : pairsOf(bake, control);
  if (pairs === null) return null;
  const looks = Math.max(1, Math.round(forMs / bake.stepMs));
  const { alpha, tolerance, sides, calibration } = options;
  const watch: Watch = {
    beside: { pairs, tolerance, sides, runs: runsFor(alpha), alpha: alpha / sides.length },
    shifts: sides.map((side) => ({ side, shifted: shiftAbove(excess(pairs, side, tolerance), looks, pairs.resolutions) })),
    departed: departuresOf(pairs, tolerance),
    mostDepartures: departuresFor(looks, scattered * alpha),
    needed: Math.log(sides.length / alpha),
    arm: calibration?.arms.find((arm) => arm.law === 'line') ?? null,
    hasPast: calibration !== null || hasReadings(input),
    options,
    input,
  };
  const failure = firstFailure(watch, looks);
  const words = new BesideWords(watch.beside);
  return (ticks) => {
    const at = Math.min(ticks, pairs.own.length);
    return failure !== null && failure.at <= at ? failure.verdict : notFailed(watch, words, at);
  };
}

function hasReadings({ history }: AnalyzerInput): boolean {
  if (history === null || (history.ticks.kind !== 'value' && history.ticks.kind !== 'rate')) return false;
  const column = history.ticks.kind === 'value' ? history.ticks.value : history.ticks.count;
  return column.some((value) => value !== null);
}

/** How far each number lies beyond what is tolerated beside the control's, in the direction that is worse. */
function excess({ own, beside }: Pairs, side: Side, tolerance: number): Float64Array {
  const sign = side === 'up' ? 1 : -1;
  return own.map((value, i) => sign * (value - (beside[i] ?? Number.NaN)) - tolerance * Math.abs(beside[i] ?? Number.NaN));
}

function firstFailure(watch: Watch, looks: number): { readonly at: number; readonly verdict: Verdict } | null {
  const { pairs } = watch.beside;
  const words = new BesideWords(watch.beside);
  for (let at = 1; at <= pairs.own.length; at++) {
    if ((pairs.known.own[at] ?? 0) < watch.input.minSamples) continue;
    const verdict = failureAt(watch, words, { at, looks });
    if (verdict !== null) return { at, verdict };
  }
  return null;
}

function failureAt(watch: Watch, words: BesideWords, { at, looks }: { at: number; looks: number }): Verdict | null {
  const { pairs, runs } = watch.beside;
  if ((pairs.known.beside[at] ?? 0) === 0) return silentControl(watch, words, { at, looks });
  if (at <= pairs.stillFor) {
    const departed = watch.departed[at] ?? noDeparture;
    const isWorse = watch.options.sides.includes(departed.side);
    if (!isWorse || !isTooMany(departed, runs, watch.mostDepartures) || departed.apart <= roomAt(watch, departed.run)) return null;
    return words.departed(at, departed);
  }
  for (const { side, shifted } of watch.shifts) {
    const [log, from] = [shifted.log[at - 1] ?? 0, shifted.from[at - 1] ?? 0];
    if (log < watch.needed) continue;
    const shift = { from, at, side };
    if (words.apart(shift) > roomAt(watch, at - from)) return words.shifted(shift, log - watch.needed);
  }
  return null;
}

/** Where the control says nothing the past decides; without one, only what is there when something happened can be told from a query that is wrong. */
function silentControl(
  { beside, options, hasPast }: Watch,
  words: BesideWords,
  { at, looks }: { at: number; looks: number },
): Verdict | null {
  if (hasPast) {
    const verdict = options.alone(at);
    return verdict.outcome === 'fail' ? verdict : null;
  }
  const seen = options.sides.includes('up') && options.sides.length === 1 ? appearances(beside.pairs, at) : null;
  if (seen === null || seen.count < fewestPairs) return null;
  return seen.count >= departuresFor(Math.ceil(looks / seen.apart), options.alpha) ? words.appeared(at, seen.count) : null;
}

/** How far the service goes within so many ticks by itself, in the wildest twentieth of its healthy bakes. Without a past, and of events, 0. */
function roomAt({ arm, input }: Watch, ticks: number): number {
  const asked = arm?.questions.indexOf('step') ?? -1;
  if (arm === null || asked < 0) return 0;
  const length = (ticks * input.bake.stepMs) / arm.stepMs;
  const place = arm.windows.findLastIndex((window) => window <= length);
  return arm.spread[asked * arm.windows.length + Math.max(0, place)] ?? 0;
}

function notFailed(watch: Watch, words: BesideWords, at: number): Verdict {
  const { pairs } = watch.beside;
  if ((pairs.known.own[at] ?? 0) === 0) return words.noData(at);
  if ((pairs.known.beside[at] ?? 0) === 0) return watch.hasPast ? watch.options.alone(at) : words.noControl();
  const both = pairs.known.both[at] ?? 0;
  if (both < Math.max(fewestPairs, watch.input.minSamples) || 2 * both < (pairs.known.own[at] ?? 0)) return words.tooFew(at);
  if (at <= pairs.stillFor) return words.still(at, watch.departed[at] ?? noDeparture);
  const isOpen = watch.shifts.some(({ shifted }) => (shifted.log[at - 1] ?? 0) > watch.needed / 2);
  return words.moving(at, isOpen);
}
