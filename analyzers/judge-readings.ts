import { formatDuration } from '../src/core/base/duration.ts';
import { formatNumber } from '../src/core/base/format-number.ts';
import type { AnalyzerInput } from '../src/core/judge/analyzer.ts';
import { breachesIn, type Damping, isTripped, withReading } from '../src/core/judge/damping.ts';
import type { FoldOf, OpenVerdict } from '../src/core/judge/fold.ts';
import { addToReading, noReading, type OpenReading, type Reading, sumsFor } from '../src/core/judge/readings.ts';
import type { Evidence } from '../src/core/judge/verdict.ts';
import { unitOf } from '../src/core/series/format-measured.ts';

/** How readings are compared with a limit, and the words for it. `control`: everything that the control has shown by the end of the reading. */
export type ReadingRule = {
  readonly damping: Damping;
  readonly slowerThanSec?: number | undefined;
  readonly isBreach: (reading: Reading, control: Reading | null) => boolean;
  readonly limitOf: (reading: Reading, control: Reading | null) => number | undefined;
  readonly measured: (reading: Reading) => string;
  readonly compared: (reading: Reading, control: Reading | null) => string;
};

/** `control`: its sums so far. `recent`: whether each of the last readings breached. */
export type ReadingsState = {
  readonly ticks: number;
  readonly open: OpenReading;
  readonly control: { readonly top: number; readonly bottom: number; readonly samples: number };
  readonly recent: readonly boolean[];
  readonly newest: ReadingComparison | null;
};

/** The newest reading, compared with its limit. */
type ReadingComparison = { readonly from: number; readonly to: number; readonly sentence: string; readonly evidence: Evidence };

/** Data older than this many ticks says nothing about the present, unless readings are rarer than that anyway. */
const staleTicks = 4;

/** Cuts the bake into readings, damps their breaches, and says the result in one sentence. */
export function judgeReadings(input: AnalyzerInput, rule: ReadingRule): FoldOf<ReadingsState> {
  const sumsOf = sumsFor(input.bake, rule.slowerThanSec);
  const controlSumsOf = input.control && sumsFor(input.control, rule.slowerThanSec);
  return {
    initial: { ticks: 0, open: noReading, control: { top: 0, bottom: 0, samples: 0 }, recent: [], newest: null },
    step: (state, tick) => {
      const control = tick.control === null || controlSumsOf === null ? state.control : added(state.control, controlSumsOf(tick.control));
      const { open, reading } = addToReading(state.open, sumsOf(tick.bake), { i: state.ticks, minSamples: input.minSamples });
      const next = { ...state, ticks: state.ticks + 1, open, control };
      if (reading === null) return { state: next };
      const whole = wholeOf(control);
      const recent = withReading(state.recent, rule.isBreach(reading, whole), rule.damping);
      const newest = compare(input, rule, { reading, control: whole });
      if (!isTripped(recent, rule.damping)) return { state: { ...next, recent, newest } };
      return { fail: { outcome: 'fail', reason: `${newest.sentence}${howOften(recent)}`, evidence: newest.evidence } };
    },
    verdict: (state) => verdictOf(state, input, rule),
  };
}

function added(sums: ReadingsState['control'], more: ReadingsState['control'] | null): ReadingsState['control'] {
  if (more === null) return sums;
  return { top: sums.top + more.top, bottom: sums.bottom + more.bottom, samples: sums.samples + more.samples };
}

function wholeOf({ top, bottom, samples }: ReadingsState['control']): Reading | null {
  return bottom > 0 && Number.isFinite(top / bottom) ? { value: top / bottom, samples, size: bottom, from: 0, to: 0 } : null;
}

function compare(
  input: AnalyzerInput,
  rule: ReadingRule,
  { reading, control }: { readonly reading: Reading; readonly control: Reading | null },
): ReadingComparison {
  const limit = rule.limitOf(reading, control);
  const samples = `${formatNumber(reading.samples)} ${input.unit ?? unitOf(input.bake.shape.kind)}`;
  return {
    from: reading.from,
    to: reading.to,
    sentence: `${rule.measured(reading)} of ${samples}, ${rule.compared(reading, control)}`,
    evidence: { measured: reading.value, samples: reading.samples, ...(limit !== undefined && { limit }) },
  };
}

function verdictOf({ ticks, open, recent, newest }: ReadingsState, input: AnalyzerInput, { damping }: ReadingRule): OpenVerdict {
  if (newest === null) return { outcome: 'inconclusive', reason: tooLittle(input, ticks, open.samples) };
  const { sentence, evidence } = newest;
  if (recent.at(-1) === true) {
    const breaches = `in ${breachesIn(recent)} of the last ${damping.n} readings; fails at ${damping.k} of ${damping.n}`;
    return { outcome: 'inconclusive', reason: `${sentence}, ${breaches}`, evidence };
  }
  const silentTicks = ticks - newest.to;
  if (silentTicks > Math.max(staleTicks, 2 * (newest.to - newest.from))) {
    const silence = formatDuration(silentTicks * input.bake.stepMs);
    return { outcome: 'inconclusive', reason: `too little data for the last ${silence}; before that ${sentence}`, evidence };
  }
  return { outcome: 'pass', reason: sentence, evidence };
}

function howOften(recent: readonly boolean[]): string {
  return recent.length === 1 ? '' : `, in ${breachesIn(recent)} of the last ${recent.length} readings`;
}

function tooLittle({ bake, minSamples, unit = unitOf(bake.shape.kind) }: AnalyzerInput, ticks: number, samples: number): string {
  const over = formatDuration(ticks * bake.stepMs);
  if (samples === 0) return `no data in the ${over} since the bake began`;
  return `only ${formatNumber(samples)} of the ${formatNumber(minSamples)} ${unit} needed, in ${over}`;
}

/** Readings without a reference: a missing reference does not block a bake, missing data does. */
export function notCompared(input: AnalyzerInput, reason: string): FoldOf<ReadingsState> {
  const fold = judgeReadings(input, {
    damping: { k: 1, n: 1 },
    // Of a histogram every request is counted, whatever its bounds.
    slowerThanSec: Number.MIN_VALUE,
    isBreach: () => false,
    limitOf: () => undefined,
    measured: () => '',
    compared: () => '',
  });
  return {
    ...fold,
    verdict: (state) => {
      const verdict = fold.verdict(state);
      return verdict.outcome === 'inconclusive' ? verdict : { outcome: 'inconclusive', blocks: false, reason };
    },
  };
}
