import { z } from 'zod';
import { formatDuration } from '../src/core/base/duration.ts';
import type { AnalyzerInput } from '../src/core/judge/analyzer.ts';
import { cutLike, reachOf } from '../src/core/judge/baseline-window.ts';
import { explain, fitHeadline } from '../src/core/judge/explanation.ts';
import { type Fold, foldOf, type OpenVerdict } from '../src/core/judge/fold.ts';
import type { Verdict } from '../src/core/judge/verdict.ts';
import { inUnitOfBounds } from '../src/core/series/check-unit.ts';
import { outlineOf, shapeOf, type TicksShape, ticksBetween } from '../src/core/series/tick.ts';
import type { Stretch } from '../src/core/series/ticks.ts';
import { ComparedTo } from './compared-to.ts';
import { defineAnalyzer } from './define.ts';
import { isHalfOver } from './half-of-bake.ts';
import { notCompared } from './judge-readings.ts';
import { loosenFrom, tolerances } from './loosen.ts';
import { compareSamples } from './mann-whitney/compare.ts';
import { Comparison } from './mann-whitney/comparison.ts';
import { mannWhitneyFields, readMannWhitney } from './mann-whitney/read.ts';
import { adderOf, histogramOf, noSamples, type SampleList, valuesOf } from './mann-whitney/samples.ts';
import { slowBound } from './slow-bound.ts';
import { formOf, nameOfLike } from './words.ts';

const MannWhitneyParams = Comparison.extend({
  to: ComparedTo.optional(),
  nan_strategy: z.enum(['remove', 'replace']).default('remove'),
  interval: z.number().positive().optional(),
  slower_than: z.number().positive().optional(),
});
type MannWhitneyParams = z.output<typeof MannWhitneyParams>;

/** A bake is judged at most this often until its planned end: every look is one more chance of a false alarm, and costs time. */
const maxLooks = 60;

/** The rank-sum test that Kayenta's judge is known for: are the bake's readings, taken together, higher or lower than those of the baseline? */
export const mannWhitney = defineAnalyzer({
  type: 'mann_whitney',
  summary: "All readings so far, taken together, are not shifted against the baseline's (Mann-Whitney test, as in Kayenta).",
  kinds: ['ratio', 'rate', 'latency', 'value'],
  params: MannWhitneyParams,
  example: { tolerance: 0.25, confidence: 0.98 },
  conditions: [
    {
      name: 'mann_whitney',
      fields: {
        mann_whitney: z
          .strictObject(mannWhitneyFields)
          .optional()
          .describe(
            'Fails where all readings so far, taken together, lie higher or lower than those of the baseline: the test that Kayenta uses.',
          ),
      },
      map: mannWhitneyFields,
      isBare: true,
      damping: null,
      read: readMannWhitney,
    },
  ],
  loosen: (params) =>
    typeof params.confidence !== 'number' && typeof params.tolerance === 'number'
      ? loosenFrom(params, 'tolerance', { list: tolerances, max: params.direction === 'down' ? 0.99 : Number.POSITIVE_INFINITY })
      : loosenFrom(params, 'confidence', { list: [0.99, 0.995, 0.999, 0.9999] }),
  needs: ({ to }, { forMs }) => ({
    control: to === undefined || to.kind === 'control',
    historyMs: to === undefined ? forMs : to.kind === 'control' ? 0 : reachOf(to, forMs),
  }),
  start(input, params) {
    const baseline = baselineOf(input, params);
    return typeof baseline === 'string' ? foldOf(notCompared(input, baseline)) : compareReadings(input, params, baseline);
  },
});

/** What the bake is compared with: the past, as one list, or the control, whose readings come with the bake's own. */
type MannWhitneyBaseline = { readonly name: string; readonly past: Stretch | null; readonly bound: number | undefined };

/** What the bake is compared with, or in words why there is nothing. */
function baselineOf({ bake, control, history, deployedAt, forMs, timezone, unit }: AnalyzerInput, params: MannWhitneyParams) {
  const { to } = params;
  if (control !== null && (to === undefined || to.kind === 'control')) return { name: 'the old release', past: null, bound: undefined };
  if (to?.kind === 'control') return 'not compared: no old release runs with this deploy';
  const like = to ?? { kind: 'before' };
  if (history === null) return 'not compared: no history yet';
  const past = cutLike(history, like, { startAt: bake.startAt, deployedAt, forMs, timezone });
  const bound = slowBound(bake.shape, past.ticks, slowerThan(params, unit));
  return typeof bound === 'string' ? bound : { name: nameOfLike(like), past, bound };
}

/** `last`: the verdict of the last look. Holds every reading: a rank-sum test needs them all. */
type MannWhitneyState = {
  readonly ticks: number;
  readonly own: SampleList;
  readonly other: SampleList;
  readonly last: OpenVerdict | null;
};

/** Judges at the end of every interval and at the planned end of the bake. */
function compareReadings(input: AnalyzerInput, params: MannWhitneyParams, baseline: MannWhitneyBaseline): Fold {
  const { bake, control, minSamples } = input;
  const zeroed = params.nan_strategy === 'replace';
  const addOwn = adderOf({ outline: bake, minSamples, zeroed });
  const addOther = control && adderOf({ outline: control, minSamples, zeroed });
  const looks = looksOf(input, params);
  const verdictAt = (state: MannWhitneyState) => verdictOn(state, input, { params, baseline });
  return foldOf<MannWhitneyState>({
    initial: { ticks: 0, own: noSamples, other: samplesOf(baseline.past, { minSamples, zeroed }), last: null },
    step: (state, tick) => {
      const other =
        baseline.past !== null || addOther === null || tick.control === null ? state.other : addOther(state.other, tick.control);
      const next = { ...state, ticks: state.ticks + 1, own: addOwn(state.own, tick.bake), other };
      if (!isLook(next.ticks, looks)) return { state: next };
      const verdict = verdictAt(next);
      return verdict.outcome === 'fail' ? { fail: verdict } : { state: { ...next, last: settled(verdict, next, input) } };
    },
    verdict: (state) => {
      if (state.last !== null) return state.last;
      const now = verdictAt(state);
      if (now.outcome === 'inconclusive' || (now.outcome === 'pass' && state.ticks === 0)) return now;
      return { ...now, outcome: 'inconclusive', ...notYet(now, formatDuration(looks.every * bake.stepMs)) };
    },
  });
}

/** A pass from the second half of the planned bake on. Without a single reading nothing is ruled out. */
function settled(verdict: OpenVerdict, { ticks, own }: MannWhitneyState, input: AnalyzerInput): OpenVerdict {
  const isSettled = verdict.outcome === 'pass' && own.values.length + own.rows.length > 0 && isHalfOver(input, ticks);
  return isSettled ? { ...verdict, settledAfterMs: ticks * input.bake.stepMs } : verdict;
}

/** The words before the first look. */
function notYet({ reason, explanation }: Verdict, every: string) {
  const { headline, because, notes } = explanation ?? { headline: reason, because: '', notes: [] };
  return explain(fitHeadline(`${headline}: not judged yet`, headline), because, [...notes, `judged every ${every}`]);
}

function samplesOf(past: Stretch | null, options: { readonly minSamples: number; readonly zeroed: boolean }): SampleList {
  if (past === null) return noSamples;
  const add = adderOf({ ...options, outline: outlineOf(past) });
  let list = noSamples;
  for (const { bake } of ticksBetween(past, null, 0)) list = add(list, bake);
  return list;
}

type Looks = { readonly every: number; readonly planned: number };

function verdictOn(
  { ticks, own, other }: MannWhitneyState,
  input: AnalyzerInput,
  { params, baseline: { name, past, bound: pastBound } }: { readonly params: MannWhitneyParams; readonly baseline: MannWhitneyBaseline },
): Verdict {
  const { bake, control } = input;
  const otherShape = past === null ? (control?.shape ?? null) : shapeOf(past.ticks);
  const bound = past === null ? boundOf(bake.shape, otherShape, { other, params, unit: input.unit }) : pastBound;
  if (own.values.length + own.rows.length === 0 && (params.nan_strategy === 'remove' || other.values.length === 0))
    return { outcome: 'inconclusive', ...explain(noReadings(input, ticks)) };
  if (typeof bound === 'string') return { outcome: 'inconclusive', blocks: false, ...explain(bound) };
  const [canary, baseline] = [valuesOf(own, leOf(bake.shape), bound), valuesOf(other, leOf(otherShape), bound)];
  const direction = params.direction ?? input.direction;
  const how = { form: formOf({ ...input, direction }, bound), direction, params };
  return compareSamples({ canary, baseline, name }, how);
}

function boundOf(
  bake: TicksShape,
  other: TicksShape | null,
  { other: list, params, unit }: { readonly other: SampleList; readonly params: MannWhitneyParams; readonly unit: AnalyzerInput['unit'] },
): number | undefined | string {
  if (bake.kind !== 'latency' || other?.kind !== 'latency') return undefined;
  return slowBound(bake, histogramOf(list, other.le), slowerThan(params, unit));
}

function leOf(shape: TicksShape | null): readonly number[] {
  return shape?.kind === 'latency' ? shape.le : [];
}

function slowerThan({ slower_than }: MannWhitneyParams, unit: AnalyzerInput['unit']): number | undefined {
  return slower_than === undefined ? undefined : inUnitOfBounds(slower_than, unit);
}

function looksOf({ bake, forMs }: AnalyzerInput, { interval }: MannWhitneyParams): Looks {
  const planned = Math.max(1, Math.round(forMs / bake.stepMs));
  const wanted = interval === undefined ? planned : Math.round(interval / bake.stepMs);
  return { every: Math.max(1, Math.min(wanted, planned), Math.ceil(planned / maxLooks)), planned };
}

function isLook(ticks: number, { every, planned }: Looks): boolean {
  return ticks % every === 0 || ticks === planned;
}

function noReadings({ bake }: AnalyzerInput, ticks: number): string {
  return `too little data for a reading in the ${formatDuration(ticks * bake.stepMs)} since the bake began`;
}
