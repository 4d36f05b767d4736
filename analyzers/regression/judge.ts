import { formatDuration } from '../../src/core/base/duration.ts';
import type { AnalyzerInput, VerdictByTick } from '../../src/core/judge/analyzer.ts';
import type { Verdict } from '../../src/core/judge/verdict.ts';
import type { Stretch, Ticks } from '../../src/core/series/ticks.ts';
import { defaultAlpha, minShare, minTolerance, type RegressionParams, sidesOf } from './calibrate.ts';
import type { Calibration, CountsModel, CountsSeriesModel, OneSidedModel } from './calibration.ts';
import { besideValue } from './control/compare-gauge.ts';
import { bound, gridOf } from './counts/bucket-resolution.ts';
import { type EventCounts, eventCountsOf, slowCountsByBound } from './counts/event-counts.ts';
import { judgeCounts } from './counts/judge.ts';
import { nonInferiorityMargin } from './counts/non-inferiority-margin.ts';
import type { CountedSeries } from './counts/state.ts';
import { judgeGauge } from './gauge/judge.ts';

/** The verdicts of a bake whose calibration is known; `null`: nothing is known of the past. */
export function judgeCalibrated(input: AnalyzerInput, params: RegressionParams, calibration: Calibration | null): VerdictByTick {
  const alone = followArms(input, params, calibration);
  if (input.control === null || isCounted(input.bake)) return alone;
  if (input.bake.ticks.kind === 'rate') return () => unknownSplit;
  const sides = sidesOf(params.direction ?? input.direction);
  const options = { alpha: input.alpha ?? defaultAlpha, tolerance: params.tolerance ?? minTolerance, sides, calibration, alone };
  return besideValue(input, options) ?? alone;
}

function followArms(input: AnalyzerInput, params: RegressionParams, calibration: Calibration | null): VerdictByTick {
  const known = calibration ?? blank(input, params);
  if (known === null) return (ticks) => (hasData(input.bake, ticks) ? noHistory : noData);
  const followed = known.arms.map((arm) => followArm(input, arm, { alpha: known.alpha, tolerance: params.tolerance ?? minTolerance }));
  return (ticks) => worst(followed.map((one) => one(ticks)));
}

const noHistory: Verdict = { outcome: 'inconclusive', blocks: false, reason: 'no history yet to compare with: not judged' };

/** Fewer events on a release that gets less traffic are no drop. */
const unknownSplit: Verdict = {
  outcome: 'inconclusive',
  blocks: false,
  reason: 'the control and the new release share the traffic, and how is not known: give the rate its exposure to have it judged',
};

const noData: Verdict = { outcome: 'inconclusive', reason: 'no data since the bake began' };

function hasData({ ticks }: Stretch, length: number): boolean {
  switch (ticks.kind) {
    case 'ratio':
      return ticks.total.slice(0, length).some((value) => value !== null);
    case 'rate':
      return ticks.count.slice(0, length).some((value) => value !== null);
    case 'latency':
      return ticks.buckets.slice(0, length).some((row) => row !== null);
    case 'value':
      return ticks.value.slice(0, length).some((value) => value !== null);
  }
}

/** One direction that fails is enough; to pass, every direction must. */
function worst(verdicts: readonly Verdict[]): Verdict {
  const order = ['fail', 'inconclusive', 'pass'] as const;
  for (const outcome of order) {
    const found = verdicts.find((verdict) => verdict.outcome === outcome);
    if (found !== undefined) return found;
  }
  return noHistory;
}

type TestSettings = { readonly alpha: number; readonly tolerance: number };

function followArm(input: AnalyzerInput, arm: OneSidedModel, known: TestSettings): VerdictByTick {
  switch (arm.law) {
    case 'counts':
      return followCountsArm(input, arm, known);
    case 'line':
      return judgeGauge(input, arm) ?? (() => noHistory);
  }
}

function followCountsArm(
  { bake, control, minSamples, forMs }: AnalyzerInput,
  arm: CountsModel,
  { alpha, tolerance }: TestSettings,
): VerdictByTick {
  const looks = Math.max(1, Math.round(forMs / bake.stepMs));
  const own = talliesFrom(bake);
  const beside = control === null ? [] : talliesFrom(control);
  const streams = arm.streams.flatMap((stream): CountedSeries[] => {
    const [tally, compared] = [own[Math.max(0, stream.column)], beside[Math.max(0, stream.column)]];
    if (tally === undefined) return [];
    const name = nameOf(bake.ticks, stream.column);
    if (compared === undefined)
      return [
        {
          bake: tally,
          control: null,
          held: stream,
          name,
          replayed: stream.replayed,
          baseline: windowName(stream.windowMs),
          isRatio: false,
        },
      ];
    const tolerated = besideControl(stream, arm, tolerance);
    const isRatio = stream.samples === 0;
    const harm = isRatio ? stream.harm : nonInferiorityMargin({ expected: stream.expected, tolerated }, arm);
    const held = { ...stream, phi: stream.calmPhi, tolerated, harm };
    return [{ bake: tally, control: aligned(compared, tally), held, name, replayed: 0, baseline: 'control', isRatio }];
  });
  return judgeCounts({
    kind: bake.ticks.kind,
    bake: { side: arm.side, isShare: arm.isShare, alpha, looks, stepMs: bake.stepMs },
    minSamples,
    streams,
    grid: gridOf(bake.ticks, arm.streams),
  });
}

function talliesFrom(stretch: Stretch): readonly EventCounts[] {
  const tally = eventCountsOf(stretch);
  return tally === null ? slowCountsByBound(stretch) : [tally];
}

/** What is common to both releases cancels, so the tolerance need not be raised for it. */
function besideControl({ expected, samples }: CountsSeriesModel, { side, isShare }: CountsModel, tolerance: number): number {
  if (samples === 0) return side === 'up' ? 1 + tolerance : 1 / (1 + tolerance);
  return side === 'up' ? expected * (1 + tolerance) + (isShare ? minShare : 0) : expected / (1 + tolerance);
}

/** A control that is a tick behind says nothing of that tick. */
function aligned(control: EventCounts | null, bake: EventCounts): EventCounts | null {
  if (control === null || control.bad.length >= bake.bad.length) return control;
  const [bad, total] = [new Float64Array(bake.bad.length), new Float64Array(bake.bad.length)];
  bad.set(control.bad);
  total.set(control.total);
  return { ...control, bad, total };
}

function nameOf(ticks: Ticks, column: number): string {
  if (ticks.kind !== 'latency' || column < 0) return '';
  const seconds = ticks.le[column];
  return seconds === undefined ? '' : `slower than ${bound(seconds)}`;
}

function windowName(windowMs: number): string {
  return windowMs > 1e14 ? 'history' : `last ${formatDuration(windowMs)}`;
}

/** Counts and what they are counted against; others are numbers. */
function isCounted({ ticks }: Stretch): boolean {
  return ticks.kind === 'ratio' || ticks.kind === 'latency' || (ticks.kind === 'rate' && ticks.exposure !== undefined);
}

/** Without history a control is still something to compare with: twice the usual tempering stands in for what is not known. */
function blank({ bake, control, direction, alpha }: AnalyzerInput, params: RegressionParams): Calibration | null {
  if (control === null || !isCounted(bake)) return null;
  const sides = sidesOf(params.direction ?? direction);
  const columns = bake.ticks.kind === 'latency' ? bake.ticks.le.slice(0, -1).map((_, column) => column) : [-1];
  const times = 1 + (params.tolerance ?? minTolerance);
  const arms = sides.map((side): CountsModel => {
    const tolerated = side === 'up' ? times : 1 / times;
    const harm = nonInferiorityMargin({ expected: 1, tolerated }, { side, isShare: false });
    const stream = { expected: 1, tolerated, harm, phi: 2, calmPhi: 2, samples: 0, replayed: 0, windowMs: 0 };
    return { law: 'counts', side, isShare: bake.ticks.kind !== 'rate', streams: columns.map((column) => ({ column, ...stream })) };
  });
  return { version: 1, alpha: (alpha ?? defaultAlpha) / sides.length, arms };
}
