import { formatDuration } from '../src/core/base/duration.ts';
import { formatNumber } from '../src/core/base/format-number.ts';
import type { AnalyzerInput } from '../src/core/judge/analyzer.ts';
import { type Damping, damp } from '../src/core/judge/damping.ts';
import { leftover, type Reading, readings } from '../src/core/judge/readings.ts';
import type { Verdict } from '../src/core/judge/verdict.ts';
import { unitOf } from '../src/core/series/format-measured.ts';
import { lengthOf } from '../src/core/series/ticks.ts';

/** How readings are compared with a limit, and the words for it. */
export type ReadingRule = {
  readonly damping: Damping;
  readonly slowerThanSec?: number | undefined;
  readonly isBreach: (reading: Reading) => boolean;
  readonly limitOf: (reading: Reading) => number | undefined;
  readonly measured: (reading: Reading) => string;
  readonly compared: (reading: Reading) => string;
};

/** Data older than this many ticks says nothing of now, unless readings are rarer than that anyway. */
const staleTicks = 4;

/** Cuts the bake into readings, damps their breaches, and says the result in one sentence. */
export function judgeReadings(input: AnalyzerInput, rule: ReadingRule): Verdict {
  const { bake, minSamples } = input;
  const options = { minSamples, slowerThanSec: rule.slowerThanSec };
  const list = readings(bake, options);
  const damped = damp(list, rule.isBreach, rule.damping);
  if (damped.kind === 'empty') return { outcome: 'inconclusive', reason: tooLittle(input, leftover(bake, list, options)) };
  const { reading } = damped;
  const limit = rule.limitOf(reading);
  const evidence = { measured: reading.value, samples: reading.samples, ...(limit !== undefined && { limit }) };
  const sentence = `${rule.measured(reading)} of ${formatNumber(reading.samples)} ${input.unit ?? unitOf(bake.ticks.kind)}, ${rule.compared(reading)}`;
  if (damped.kind === 'tripped') return { outcome: 'fail', reason: `${sentence}${often(damped.breaches, damped.of)}`, evidence };
  if (damped.kind === 'hanging') {
    const { k, n } = rule.damping;
    return {
      outcome: 'inconclusive',
      reason: `${sentence}, in ${damped.breaches} of the last ${damped.of} readings; fails at ${k} of ${n}`,
      evidence,
    };
  }
  const silentTicks = lengthOf(bake.ticks) - reading.to;
  if (silentTicks > Math.max(staleTicks, 2 * (reading.to - reading.from))) {
    return {
      outcome: 'inconclusive',
      reason: `too little data for the last ${formatDuration(silentTicks * bake.stepMs)}; before that ${sentence}`,
      evidence,
    };
  }
  return { outcome: 'pass', reason: sentence, evidence };
}

function often(breaches: number, of: number): string {
  return of === 1 ? '' : `, in ${breaches} of the last ${of} readings`;
}

function tooLittle({ bake, minSamples, unit = unitOf(bake.ticks.kind) }: AnalyzerInput, samples: number): string {
  const over = formatDuration(lengthOf(bake.ticks) * bake.stepMs);
  if (samples === 0) return `no data in the ${over} since the bake began`;
  return `only ${formatNumber(samples)} of the ${formatNumber(minSamples)} ${unit} needed, in ${over}`;
}
