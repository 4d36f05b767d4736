import { z } from 'zod';
import type { Json } from '../base/json.ts';
import { hasTraffic, maxValues, restOf } from '../series/split.ts';
import { type StretchShape, shapeOf, type TicksShape } from '../series/tick.ts';
import { missingTicks, type Stretch, type Ticks, valueTicks } from '../series/ticks.ts';
import type { AnalyzerInput, BoundAnalyzer, CalibrationInput } from './analyzer.ts';
import { type SplitMember, splitFold } from './split-fold.ts';

/** What an analyzer learned of each series of a split check. Plain JSON, frozen with the bake. `values` and `learned` have the same order. */
type SplitCalibration = {
  readonly split: 1;
  readonly values: readonly string[];
  readonly learned: readonly Json[];
  readonly whole: Json;
  readonly rest: Json;
  readonly replica: Json;
};

const StoredCalibration = z.object({
  split: z.literal(1),
  values: z.array(z.string()),
  learned: z.array(z.json()),
  whole: z.json(),
  rest: z.json(),
  replica: z.json(),
}) satisfies z.ZodType<SplitCalibration>;

/** The budget of a check where none is given. */
const defaultAlpha = 0.01;
/**
 * Of many healthy values one looks a little bad by chance. So it leans against the release only where that is as rare for all values together as it is for
 * a check alone: counts need evidence of 2 (a stake that began as 1), forecasts three quarters of the deviation that fails.
 */
const [leaningEvidence, minLeanOfForecasts] = [2, 0.75];
/** The share of the false-alarm budget that the whole keeps: a change that all values have in common is found nearly as soon as without a split. */
const wholeShare = 0.5;

/** `whole`: all values together. `rest`: what is in the whole and in none of the values. `replica`: a new value that is compared with the whole's past. */
type SplitSeries =
  | { readonly kind: 'whole' }
  | { readonly kind: 'rest' }
  | { readonly kind: 'replica' }
  | { readonly kind: 'value'; readonly value: string };
/** Which series of a split check are judged. `values`: those of the past. */
type SplitPlan = { readonly values: readonly string[]; readonly hasWhole: boolean; readonly hasRest: boolean };
type Past = { readonly history: Stretch | null; readonly alpha?: number; readonly forMs: number };

/**
 * Judges each value of a label on its own, with any analyzer, and all of them within the budget of the one check (weighted Bonferroni): the whole of all
 * values gets a half of it, the values and the rest share the other half equally. A value that the past does not have is in the whole alone; it is judged on
 * its own by conditions that need no past, or as a replica (`splitFold`).
 */
export function splitAnalyzer(analyzer: BoundAnalyzer, label: string): BoundAnalyzer {
  const { needs, calibrate, readCalibration } = analyzer;
  const hasPast = needs.historyMs > 0;
  function* learnInSteps(input: CalibrationInput): Generator<undefined, SplitCalibration | null> {
    if (calibrate === undefined || input.history === null) return null;
    const plan = planOf(input, input.history.ticks, hasPast);
    const learnFrom = (series: SplitSeries) => calibrate({ ...input, ...seriesInput(input, series, plan) });
    const learned: Json[] = [];
    for (const value of plan.values) {
      learned.push(learnFrom({ kind: 'value', value }));
      yield;
    }
    const whole = plan.hasWhole ? learnFrom({ kind: 'whole' }) : null;
    yield;
    const rest = plan.hasRest ? learnFrom({ kind: 'rest' }) : null;
    yield;
    const replica = hasReplicas(input.history.ticks, plan) ? learnFrom({ kind: 'replica' }) : null;
    return { split: 1, values: [...plan.values], learned, whole, rest, replica };
  }
  const learn = (input: CalibrationInput): SplitCalibration | null => {
    const steps = learnInSteps(input);
    for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
  };
  return {
    needs,
    ...(calibrate && { calibrate: learn, calibrateInSteps: learnInSteps }),
    ...(readCalibration && { readCalibration: (stored) => readLearned(stored, readCalibration) }),
    start(input) {
      const learned = learnedOf(input.calibration) ?? learn({ ...input, stepMs: input.bake.stepMs });
      const { shape } = input.bake;
      const plan =
        learned === null ? planOf(input, shape, hasPast) : { ...learned, ...wholeAndRest(shape, hasPast), hasRest: learned.rest !== null };
      const start = (series: SplitSeries, calibration: Json = null) =>
        analyzer.start({ ...input, ...seriesInput(input, series, plan), calibration });
      const members: SplitMember[] = plan.values.map((value, i) => ({ value, fold: start({ kind: 'value', value }, learned?.learned[i]) }));
      if (plan.hasRest) members.push({ value: null, fold: start({ kind: 'rest' }, learned?.rest) });
      return splitFold({
        label,
        minLean: isCounted(shape) ? leaningEvidence * (input.alpha ?? defaultAlpha) : minLeanOfForecasts,
        members,
        whole: plan.hasWhole ? start({ kind: 'whole' }, learned?.whole) : null,
        fresh: hasPast ? null : analyzer.start({ ...input, history: null, calibration: null }),
        replica: hasReplicas(input.bake, plan) ? start({ kind: 'replica' }, learned?.replica) : null,
      });
    },
  };
}

function planOf({ history, forMs }: Past, shape: TicksShape | Ticks, hasPast: boolean): SplitPlan {
  const values = hasPast ? (history?.ticks.split?.values ?? []) : [];
  const { hasWhole, hasRest } = wholeAndRest(shape, hasPast);
  const isRestBusy = !hasPast || (history !== null && hasTraffic({ ...history, ticks: restOf(history.ticks, values) }, forMs));
  return { values, hasWhole, hasRest: hasRest && isRestBusy };
}

/** Numbers cannot be added up. A limit for each value is no limit for all of them together, and a limit of events says nothing about a rest of any size. */
function wholeAndRest(shape: TicksShape | Ticks, hasPast: boolean): Pick<SplitPlan, 'hasWhole' | 'hasRest'> {
  if (shape.kind === 'value') return { hasWhole: false, hasRest: false };
  return { hasWhole: hasPast, hasRest: hasPast || shape.kind !== 'rate' };
}

/** What is measured per request, or per unit of exposure, can be compared with the past of all values. */
function hasReplicas(of: StretchShape | Ticks, { hasWhole }: SplitPlan): boolean {
  return hasWhole && isCounted('shape' in of ? of.shape : shapeOf(of));
}

/** Whether events are counted among all; numbers, and events over time, are compared with a forecast. */
function isCounted(shape: TicksShape): boolean {
  return shape.kind === 'rate' ? shape.hasExposure : shape.kind !== 'value';
}

/** The past of one series, and its share of the budget. */
function seriesInput({ history, alpha }: Past, series: SplitSeries, plan: SplitPlan): Pick<AnalyzerInput, 'history' | 'alpha'> {
  const count = Math.max(1, plan.values.length + (plan.hasRest ? 1 : 0));
  const share =
    series.kind === 'whole' ? wholeShare : (plan.hasWhole ? 1 - wholeShare : 1) / (series.kind === 'replica' ? maxValues : count);
  const past = history && { ...history, ticks: seriesTicks(history.ticks, series, plan.values) };
  return { history: past, ...(alpha !== undefined && { alpha: alpha * share }) };
}

function seriesTicks(ticks: Ticks, series: SplitSeries, values: readonly string[]): Ticks {
  if (series.kind === 'rest') return restOf(ticks, values);
  if (series.kind === 'value') return valueTicks(ticks, series.value) ?? missingTicks(ticks);
  const { split: _, ...whole } = ticks;
  return whole;
}

function readLearned(stored: Json, read: (stored: Json) => Json | null): Json | null {
  const known = StoredCalibration.safeParse(stored).data;
  if (known === undefined) return null;
  const readOne = (one: Json) => (one === null ? null : read(one));
  const { learned, whole, rest, replica } = known;
  const own = { learned: learned.map(readOne), whole: readOne(whole), rest: readOne(rest), replica: readOne(replica) };
  // What this version cannot use in one part is learned again as a whole.
  const isLost = [...learned, whole, rest, replica].some((one) => one !== null && readOne(one) === null);
  return isLost ? null : { ...known, ...own };
}

function learnedOf(calibration: Json | null | undefined): SplitCalibration | null {
  // What is handed in came from `calibrate` or `readCalibration`.
  return (calibration ?? null) as SplitCalibration | null;
}
