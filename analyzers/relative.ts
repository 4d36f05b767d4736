import { z } from 'zod';
import type { AnalyzerInput } from '../src/core/judge/analyzer.ts';
import { cutLike, reachOf } from '../src/core/judge/baseline-window.ts';
import { eachReading } from '../src/core/judge/condition-rule.ts';
import { explain } from '../src/core/judge/explanation.ts';
import { constantFold, type Fold, foldOf } from '../src/core/judge/fold.ts';
import { boundFor, type Reading, wholeReading } from '../src/core/judge/readings.ts';
import { defaultUnit, inUnitOfBounds } from '../src/core/series/check-unit.ts';
import { formatCount, formatValue } from '../src/core/series/format-value.ts';
import { shapeOf, type TicksShape } from '../src/core/series/tick.ts';
import { ComparedTo } from './compared-to.ts';
import { defineAnalyzer } from './define.ts';
import { isHalfOver } from './half-of-bake.ts';
import { type ComparisonWords, judgeReadings, notCompared } from './judge-readings.ts';
import { loosenWritten, maxShare, multiples, nearerToOne } from './loosen.ts';
import { readRelative, relativeFields } from './relative/read.ts';
import { amountOf, formOf, type MetricForm, nameOfLike } from './words.ts';

const Params = z
  .strictObject({
    to: ComparedTo,
    more_than: z.number().min(0).optional(),
    less_than: z.number().min(0).max(1).optional(),
    slower_than: z.number().positive().optional(),
  })
  .refine((p) => (p.more_than === undefined) !== (p.less_than === undefined), { message: 'needs exactly one of more_than and less_than' });
type Relative = z.output<typeof Params>;

/** Compares each reading with the service's own past (just before, the same time some days ago) or with the old release that runs at the same time. */
export const relative = defineAnalyzer({
  type: 'relative',
  summary: 'Each reading stays within a share of the baseline: the time before, the same time some days ago, or the control.',
  kinds: ['ratio', 'rate', 'latency', 'value'],
  params: Params,
  example: { to: { kind: 'before' }, more_than: 0.5 },
  conditions: [
    {
      name: 'relative',
      fields: {
        relative: z
          .strictObject(relativeFields)
          .optional()
          .describe('Compares with the time before, the same time some days ago, or the control.'),
      },
      map: relativeFields,
      isBare: false,
      damping: eachReading,
      read: readRelative,
    },
  ],
  loosen: (params) =>
    loosenWritten(params, 'more_than', { looser: multiples }) ?? loosenWritten(params, 'less_than', { looser: nearerToOne, max: maxShare }),
  needs: ({ to }, { forMs }) => ({ control: to.kind === 'control', historyMs: to.kind === 'control' ? 0 : reachOf(to, forMs) }),
  start(input, params, { damping }) {
    const { shape } = input.bake;
    const slowerThan = params.slower_than === undefined ? undefined : inUnitOfBounds(params.slower_than, input.unit);
    if (shape.kind === 'latency' && shape.le.length > 0 && boundFor(shape.le, slowerThan ?? 0) === null) {
      const why = 'the histogram cannot show what is slower: add a bucket there';
      return constantFold({ outcome: 'inconclusive', ...explain('no bucket bound at or above slower_than', why) });
    }
    const baseline = baselineFor(input, params, slowerThan);
    if (typeof baseline === 'string') return foldOf(notCompared(input, baseline));
    return compareWith(input, params, { damping, slowerThan, baselineOf: baseline });
  },
});

/** A baseline's value and what it was read from. */
type BaselineReading = { readonly value: number; readonly samples: number; readonly name: string };
type BaselineReader = (control: Reading | null) => BaselineReading | null;

type RelativeOptions = {
  readonly damping: { readonly k: number; readonly n: number };
  readonly slowerThan: number | undefined;
  readonly baselineOf: BaselineReader;
};

function compareWith(input: AnalyzerInput, params: Relative, { damping, slowerThan, baselineOf }: RelativeOptions): Fold {
  const { shape } = input.bake;
  const bound = shape.kind === 'latency' && slowerThan !== undefined ? boundFor(shape.le, slowerThan) : null;
  const form = formOf({ ...input, direction: params.more_than === undefined ? 'down' : 'up' }, bound ?? slowerThan);
  const limitOf = (control: Reading | null) => {
    const baseline = baselineOf(control);
    return baseline === null ? undefined : limitFor(baseline, params);
  };
  const fold = judgeReadings(input, {
    damping,
    slowerThan,
    form,
    isBreach: ({ value }, control) => isBeyond(value, limitOf(control), params),
    limitOf: (_reading, control) => limitOf(control),
    compared: (_reading, control) => describe(baselineOf(control), form, params),
    rulesOutHarm: (_all, ticks) => isHalfOver(input, ticks),
  });
  return foldOf({
    ...fold,
    // A reading does not pass if the control had too little data for a comparison.
    verdict: (state) => {
      const verdict = fold.verdict(state);
      const isUncompared = verdict.outcome === 'pass' && params.to.kind === 'control' && verdict.evidence?.limit === undefined;
      const { reason, explanation } = verdict;
      return isUncompared ? { outcome: 'inconclusive', reason, ...(explanation && { explanation }) } : verdict;
    },
  });
}

/** The baseline for each reading, or (as a text) why nothing can be compared. */
function baselineFor(input: AnalyzerInput, params: Relative, slowerThan: number | undefined): BaselineReader | string {
  const { bake, control, history, minSamples, unit = defaultUnit(bake.shape.kind) } = input;
  const { to } = params;
  if (to.kind === 'control') {
    if (control === null) return 'not compared: no old release runs with this deploy';
    if (!isSameBound(bake.shape, control.shape, slowerThan)) return 'not compared: the old release has other bucket bounds';
    return (reading) =>
      reading === null || reading.samples < minSamples ? null : { ...atLeastOneEvent(reading, bake.shape, params), name: oldRelease };
  }
  const name = nameOfLike(to);
  if (history === null) return 'not compared: no history yet';
  if (!isSameBound(bake.shape, shapeOf(history.ticks), slowerThan)) return 'not compared: other bucket bounds than before';
  const { deployedAt, forMs, timezone } = input;
  const past = wholeReading(cutLike(history, to, { startAt: bake.startAt, deployedAt, forMs, timezone }), slowerThan);
  if (past === null || past.samples < minSamples)
    return `not compared: the past has ${formatCount(past?.samples ?? 0)} of ${formatCount(minSamples)} ${unit.samples} needed`;
  const baseline = { ...atLeastOneEvent(past, bake.shape, params), name };
  return () => baseline;
}

/** Shares above two different bounds cannot be compared. A histogram without any bucket yet has no bound to differ. */
function isSameBound(bake: TicksShape, other: TicksShape, slowerThan: number | undefined): boolean {
  if (bake.kind !== 'latency' || other.kind !== 'latency' || slowerThan === undefined) return true;
  if (bake.le.length === 0 || other.le.length === 0) return true;
  return boundFor(bake.le, slowerThan) === boundFor(other.le, slowerThan);
}

/**
 * No event in n is no proof of a rate of zero: the upper 95 % limit is then 3/n (the rule of three; Hanley & Lippman-Hand 1983). A lower limit is
 * not raised: a rate cannot be below zero.
 */
function atLeastOneEvent(reading: Reading, { kind }: TicksShape, { more_than }: Relative): { value: number; samples: number } {
  const isShare = kind === 'ratio' || kind === 'latency';
  const value = more_than !== undefined && isShare && reading.value === 0 ? Math.min(1, 3 / reading.samples) : reading.value;
  return { value, samples: reading.samples };
}

function limitFor(baseline: BaselineReading, { more_than, less_than }: Relative): number {
  const share = more_than !== undefined ? more_than : -(less_than ?? 0);
  return baseline.value + share * Math.abs(baseline.value);
}

function isBeyond(value: number, limit: number | undefined, { more_than }: Relative): boolean {
  if (limit === undefined) return false;
  return more_than !== undefined ? value > limit : value < limit;
}

const oldRelease = 'the old release at the same time';

function describe(baseline: BaselineReading | null, form: MetricForm, params: Relative): ComparisonWords {
  if (baseline === null) return { ending: ': not compared', because: `too few ${form.unit.samples} of the old release to compare` };
  const { more_than: more, less_than: less = 0 } = params;
  const allowed = more !== undefined ? `${formatValue('share', more)} more` : `${formatValue('share', less)} less`;
  const amount = amountOf(form, baseline.value);
  const limit = `${more !== undefined ? 'up' : 'down'} to ${amountOf(form, limitFor(baseline, params))}`;
  const because = `compared with ${baseline.name}, allowed ${allowed} (${limit})`;
  return {
    ending: baseline.name === oldRelease ? `, old release ${amount}` : `, was ${amount}`,
    because,
    breach: more !== undefined ? 'exceeded' : 'not reached',
    passing: `${because}: as allowed`,
  };
}
