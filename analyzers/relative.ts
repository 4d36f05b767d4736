import { z } from 'zod';
import { formatDuration } from '../src/core/base/duration.ts';
import { formatNumber, formatShare } from '../src/core/base/format-number.ts';
import type { AnalyzerInput } from '../src/core/judge/analyzer.ts';
import { cutLike, describeLike, reachOf } from '../src/core/judge/baseline-window.ts';
import { boundFor, type Reading, wholeReading } from '../src/core/judge/readings.ts';
import type { Verdict } from '../src/core/judge/verdict.ts';
import { formatMeasured, unitOf } from '../src/core/series/format-measured.ts';
import { type Stretch, sliceTicks } from '../src/core/series/ticks.ts';
import { ComparedTo } from './compared-to.ts';
import { defineAnalyzer } from './define.ts';
import { judgeReadings } from './judge-readings.ts';

const Params = z
  .strictObject({
    to: ComparedTo,
    more_than: z.number().min(0).optional(),
    less_than: z.number().min(0).max(1).optional(),
    slower_than: z.number().positive().optional(),
  })
  .refine((p) => (p.more_than === undefined) !== (p.less_than === undefined), { message: 'needs exactly one of more_than and less_than' });
type Relative = z.output<typeof Params>;

/** Compares each reading with the service's own past (just before, the same time some days ago) or with the old release beside it. */
export const relative = defineAnalyzer({
  type: 'relative',
  summary: 'Each reading stays within a share of the baseline: the time before, the same time some days ago, or the control.',
  kinds: ['ratio', 'rate', 'latency', 'value'],
  params: Params,
  example: { to: { kind: 'before' }, more_than: 0.5 },
  needs: ({ to }, { forMs }) => ({ control: to.kind === 'control', historyMs: to.kind === 'control' ? 0 : reachOf(to, forMs) }),
  analyze(input, params, { damping }) {
    const options = {
      minSamples: input.minSamples,
      slowerThanSec: params.slower_than === undefined ? undefined : params.slower_than / 1000,
    };
    const { kind } = input.bake.ticks;
    if (
      kind === 'latency' &&
      input.bake.ticks.kind === 'latency' &&
      input.bake.ticks.le.length > 0 &&
      boundFor(input.bake.ticks, options.slowerThanSec ?? 0) === null
    ) {
      return { outcome: 'inconclusive', reason: 'no bucket bound at or above slower_than: the histogram cannot show what is slower' };
    }
    const baselineOf = baselineReader(input, params, options);
    const measured = ({ value }: Reading) =>
      `${formatMeasured(kind, value)}${params.slower_than === undefined ? '' : ` slower than ${formatDuration(params.slower_than)}`}`;
    const how = { damping, slowerThanSec: options.slowerThanSec, measured };
    if (typeof baselineOf === 'string') {
      // Nothing to compare with may be overlooked; nothing to compare may not.
      const alone = judgeReadings(input, { ...how, isBreach: () => false, limitOf: () => undefined, compared: () => baselineOf });
      return alone.outcome === 'inconclusive' ? alone : { outcome: 'inconclusive', blocks: false, reason: baselineOf };
    }
    const limitOf = (reading: Reading) => {
      const baseline = baselineOf(reading);
      return baseline === null ? undefined : limitFor(baseline, params);
    };
    const verdict = judgeReadings(input, {
      ...how,
      isBreach: (reading) => isBeyond(reading.value, limitOf(reading), params),
      limitOf,
      compared: (reading) => words(baselineOf(reading), input, params),
    });
    return withControl(verdict, params);
  },
});

/** A baseline's value and what it was read from. */
type BaselineReading = { readonly value: number; readonly samples: number; readonly name: string };
type BaselineReader = (reading: Reading) => BaselineReading | null;

/** The baseline for each reading, or (as a text) why there is none. */
function baselineReader(
  input: AnalyzerInput,
  params: Relative,
  options: { minSamples: number; slowerThanSec: number | undefined },
): BaselineReader | string {
  const { control, history } = input;
  const { to } = params;
  if (to.kind === 'control') {
    if (control === null) return 'no control beside this deploy: not compared';
    if (!isSameBound(input, control, options.slowerThanSec)) return 'the control has other bucket bounds: not compared';
    return (reading) => {
      const beside = wholeReading({ ...control, ticks: sliceTicks(control.ticks, 0, reading.to) }, options);
      return beside === null || beside.samples < options.minSamples ? null : { ...floorOfNone(beside, input, params), name: 'the control' };
    };
  }
  const name = describeLike(to);
  if (history === null) return `no history yet: not compared with ${name}`;
  if (!isSameBound(input, history, options.slowerThanSec)) return `the histogram had other bucket bounds: not compared with ${name}`;
  const past = wholeReading(
    cutLike(history, to, { startAt: input.bake.startAt, deployedAt: input.deployedAt, forMs: input.forMs, timezone: input.timezone }),
    options,
  );
  if (past === null || past.samples < options.minSamples)
    return `no history yet: ${formatNumber(past?.samples ?? 0)} ${unitOf(history.ticks.kind)} ${name}, ${formatNumber(options.minSamples)} needed`;
  const baseline = { ...floorOfNone(past, input, params), name };
  return () => baseline;
}

/** Shares beyond two different bounds are not alike. A histogram without any bucket yet has no bound to differ. */
function isSameBound({ bake }: AnalyzerInput, { ticks }: Stretch, slowerThanSec: number | undefined): boolean {
  if (bake.ticks.kind !== 'latency' || ticks.kind !== 'latency' || slowerThanSec === undefined) return true;
  if (bake.ticks.le.length === 0 || ticks.le.length === 0) return true;
  return boundFor(bake.ticks, slowerThanSec) === boundFor(ticks, slowerThanSec);
}

/**
 * No event in n is no proof of a rate of zero: the upper 95 % limit is then 3/n (the rule of three; Hanley & Lippman-Hand 1983). The least that
 * is allowed is not raised: nothing is never less than nothing.
 */
function floorOfNone(reading: Reading, { bake }: AnalyzerInput, { more_than }: Relative): { value: number; samples: number } {
  const isShare = bake.ticks.kind === 'ratio' || bake.ticks.kind === 'latency';
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

function words(baseline: BaselineReading | null, { bake }: AnalyzerInput, params: Relative): string {
  if (baseline === null) return 'too little data in the control to compare';
  const allowed = params.more_than !== undefined ? `${formatShare(params.more_than)} more` : `${formatShare(params.less_than ?? 0)} less`;
  return `${baseline.name} ${formatMeasured(bake.ticks.kind, baseline.value)} of ${formatNumber(baseline.samples)}, allowed ${allowed}`;
}

/** A pass of a reading that the control was too quiet to be compared with is no pass. */
function withControl(verdict: Verdict, { to }: Relative): Verdict {
  if (verdict.outcome !== 'pass' || to.kind !== 'control' || verdict.evidence?.limit !== undefined) return verdict;
  return { outcome: 'inconclusive', reason: verdict.reason };
}
