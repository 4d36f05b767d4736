import { formatDuration } from '../src/core/base/duration.ts';
import type { AnalyzerInput } from '../src/core/judge/analyzer.ts';
import { breachesIn, type Damping, isTripped, withReading } from '../src/core/judge/damping.ts';
import { explain } from '../src/core/judge/explanation.ts';
import type { FoldOf, OpenVerdict } from '../src/core/judge/fold.ts';
import { addToReading, noReading, type OpenReading, type Reading, sumsFor } from '../src/core/judge/readings.ts';
import { minSilentTicks } from '../src/core/judge/series-tally.ts';
import type { Evidence } from '../src/core/judge/verdict.ts';
import { defaultUnit } from '../src/core/series/check-unit.ts';
import { formatCount } from '../src/core/series/format-value.ts';
import { formOf, headlineFor, type MeasuredNumber, type MetricForm } from './words.ts';

/**
 * A reading compared with its limit, in words. `ending`: of the headline (", allowed 10 %"). `breach`: what a bad reading did with the limit; default
 * "exceeded". `passing`: why a good reading is good, instead of `because`.
 */
export type ComparisonWords = {
  readonly ending: string;
  readonly because: string;
  readonly breach?: string;
  readonly passing?: string;
};

/** How readings are compared with a limit, and the words for it. `control`: everything that the control has shown by the end of the reading. */
export type ReadingRule = {
  readonly damping: Damping;
  readonly slowerThan?: number | undefined;
  readonly form: MetricForm;
  readonly isBreach: (reading: Reading, control: Reading | null) => boolean;
  readonly limitOf: (reading: Reading, control: Reading | null) => number | undefined;
  readonly compared: (reading: Reading, control: Reading | null) => ComparisonWords;
  readonly notes?: readonly string[];
  /** Whether harm is ruled out after `ticks` ticks, where the newest readings are calm. `all`: all readings of the bake together. */
  readonly rulesOutHarm?: (all: Reading, ticks: number) => boolean;
};

/**
 * `control`: its sums so far. `recent`: whether each of the last readings breached. `calm`: how many readings in a row did not. `all`: the sums of all
 * readings. `settled`: after how many ticks harm was ruled out.
 */
export type ReadingsState = {
  readonly ticks: number;
  readonly open: OpenReading;
  readonly control: ReadingSums;
  readonly recent: readonly boolean[];
  readonly calm: number;
  readonly all: ReadingSums;
  readonly settled: number | null;
  readonly newest: ReadingComparison | null;
};

type ReadingSums = { readonly top: number; readonly bottom: number; readonly samples: number };

/** The newest reading, compared with its limit. */
type ReadingComparison = {
  readonly from: number;
  readonly to: number;
  readonly measured: MeasuredNumber;
  readonly words: ComparisonWords;
  readonly evidence: Evidence;
};

/** Harm is ruled out after this many readings in a row without a breach, and not before. */
const minCalm = 3;
const noSums: ReadingSums = { top: 0, bottom: 0, samples: 0 };

/** Cuts the bake into readings, damps their breaches, and says the result. */
export function judgeReadings(input: AnalyzerInput, rule: ReadingRule): FoldOf<ReadingsState> {
  const sumsOf = sumsFor(input.bake, rule.slowerThan);
  const controlSumsOf = input.control && sumsFor(input.control, rule.slowerThan);
  return {
    initial: { ticks: 0, open: noReading, control: noSums, recent: [], calm: 0, all: noSums, settled: null, newest: null },
    step: (state, tick) => {
      const control = tick.control === null || controlSumsOf === null ? state.control : added(state.control, controlSumsOf(tick.control));
      const { open, reading } = addToReading(state.open, sumsOf(tick.bake), { i: state.ticks, minSamples: input.minSamples });
      const next = { ...state, ticks: state.ticks + 1, open, control };
      if (reading === null) return { state: next };
      const whole = wholeOf(control);
      const isBreach = rule.isBreach(reading, whole);
      const recent = withReading(state.recent, isBreach, rule.damping);
      const newest = compare(rule, { reading, control: whole });
      if (!isTripped(recent, rule.damping)) return { state: settled({ ...next, recent, newest }, rule, { reading, isBreach }) };
      return {
        fail: {
          outcome: 'fail',
          ...wordsOf(newest, rule, { because: `${newest.words.because}, ${howOften(newest, recent)}` }),
          evidence: newest.evidence,
        },
      };
    },
    verdict: (state) => verdictOf(state, input, rule),
  };
}

/** Adds a reading to what may rule out harm. A breach begins the count of calm readings again. */
function settled(
  state: ReadingsState,
  rule: ReadingRule,
  { reading, isBreach }: { readonly reading: Reading; readonly isBreach: boolean },
) {
  const calm = isBreach ? 0 : state.calm + 1;
  const all = added(state.all, { top: reading.value * reading.size, bottom: reading.size, samples: reading.samples });
  const whole = calm >= Math.max(minCalm, rule.damping.n) ? wholeOf(all) : null;
  const isRuledOut = whole !== null && rule.rulesOutHarm?.(whole, state.ticks) === true;
  return { ...state, calm, all, settled: isRuledOut ? (state.settled ?? state.ticks) : null };
}

function added(sums: ReadingSums, more: ReadingSums | null): ReadingSums {
  if (more === null) return sums;
  return { top: sums.top + more.top, bottom: sums.bottom + more.bottom, samples: sums.samples + more.samples };
}

function wholeOf({ top, bottom, samples }: ReadingSums): Reading | null {
  return bottom > 0 && Number.isFinite(top / bottom) ? { value: top / bottom, samples, size: bottom, from: 0, to: 0 } : null;
}

function compare(
  rule: ReadingRule,
  { reading, control }: { readonly reading: Reading; readonly control: Reading | null },
): ReadingComparison {
  const limit = rule.limitOf(reading, control);
  const { value, samples } = reading;
  const { kind, bound } = rule.form;
  const isShare = kind === 'ratio' || kind === 'latency';
  return {
    from: reading.from,
    to: reading.to,
    measured: { value, samples },
    words: rule.compared(reading, control),
    evidence: {
      measured: value,
      samples,
      ...(isShare && { events: Math.round(value * samples) }),
      ...(bound !== undefined && { bound }),
      ...(limit !== undefined && { limit }),
    },
  };
}

function wordsOf(
  { measured, words: { ending } }: ReadingComparison,
  { form, notes }: ReadingRule,
  { because, more = '' }: { readonly because: string; readonly more?: string },
) {
  return explain(headlineFor(form, measured, `${ending}${more}`, ending), because, notes);
}

function verdictOf({ ticks, open, recent, newest, settled }: ReadingsState, input: AnalyzerInput, rule: ReadingRule): OpenVerdict {
  if (newest === null) return { outcome: 'inconclusive', ...explain(tooLittle(input, ticks, open.samples)), lacksSamples: true };
  const { evidence } = newest;
  const { damping } = rule;
  if (recent.at(-1) === true) {
    const breaches = `${breachOf(newest)} in ${breachesIn(recent)} of the last ${damping.n} readings; fails at ${damping.k} of ${damping.n}`;
    const because = `${newest.words.because}, ${breaches}`;
    return { outcome: 'inconclusive', leans: true, ...wordsOf(newest, rule, { because, more: ': fails if it lasts' }), evidence };
  }
  const age = ticks - newest.to;
  // Data still come, but too few for a new reading. Where none come, the rule for silence decides (`silenceByTick`).
  if (open.samples > 0 && age > Math.max(minSilentTicks, 2 * (newest.to - newest.from))) {
    const silence = formatDuration(age * input.bake.stepMs);
    const before = headlineFor(rule.form, newest.measured, newest.words.ending);
    const words = explain(`too little data for the last ${silence}`, `before that ${before}`, rule.notes);
    return { outcome: 'inconclusive', ...words, evidence, isSilent: true, lacksSamples: true };
  }
  const { passing, because } = newest.words;
  const words = wordsOf(newest, rule, { because: passing ?? because });
  return { outcome: 'pass', ...words, evidence, ...(settled !== null && { settledAfterMs: settled * input.bake.stepMs }) };
}

function breachOf({ words }: ReadingComparison): string {
  return words.breach ?? 'exceeded';
}

function howOften(newest: ReadingComparison, recent: readonly boolean[]): string {
  return recent.length === 1 ? breachOf(newest) : `${breachOf(newest)} in ${breachesIn(recent)} of the last ${recent.length} readings`;
}

function tooLittle({ bake, minSamples, unit = defaultUnit(bake.shape.kind) }: AnalyzerInput, ticks: number, samples: number): string {
  const over = formatDuration(ticks * bake.stepMs);
  if (samples === 0) return `no data in the ${over} since the bake began`;
  return `too few ${unit.samples}: ${formatCount(samples)} of the ${formatCount(minSamples)} needed, in ${over}`;
}

/** Readings without a reference: a missing reference does not block a bake, missing data does. */
export function notCompared(input: AnalyzerInput, reason: string): FoldOf<ReadingsState> {
  const fold = judgeReadings(input, {
    damping: { k: 1, n: 1 },
    // Of a histogram every request is counted, whatever its bounds.
    slowerThan: Number.MIN_VALUE,
    isBreach: () => false,
    limitOf: () => undefined,
    form: formOf(input),
    compared: () => ({ ending: '', because: '' }),
  });
  return {
    ...fold,
    verdict: (state) => {
      const verdict = fold.verdict(state);
      return verdict.outcome === 'inconclusive' ? verdict : { outcome: 'inconclusive', blocks: false, ...explain(reason) };
    },
  };
}
