import { z } from 'zod';
import { formatDuration } from '../src/core/base/duration.ts';
import type { AnalyzerInput, VerdictByTick } from '../src/core/judge/analyzer.ts';
import { cutLike, describeLike, reachOf } from '../src/core/judge/baseline-window.ts';
import { type Reading, readings } from '../src/core/judge/readings.ts';
import type { Verdict } from '../src/core/judge/verdict.ts';
import { lengthOf, type Stretch, type Ticks } from '../src/core/series/ticks.ts';
import { ComparedTo } from './compared-to.ts';
import { defineAnalyzer } from './define.ts';
import { compareSamples } from './mann-whitney/compare.ts';
import { Comparison } from './mann-whitney/comparison.ts';
import { slowBound } from './slow-bound.ts';

const MannWhitneyParams = Comparison.extend({
  to: ComparedTo.optional(),
  nan_strategy: z.enum(['remove', 'replace']).default('remove'),
  interval: z.number().positive().optional(),
  slower_than: z.number().positive().optional(),
});
type MannWhitneyParams = z.output<typeof MannWhitneyParams>;

/** No bake is judged more often than this until its planned end: every look is one more chance of a false alarm, and costs time. */
const mostLooks = 60;

/** The rank-sum test that Kayenta's judge is known for: are the bake's readings, taken together, higher or lower than those of the baseline? */
export const mannWhitney = defineAnalyzer({
  type: 'mann_whitney',
  summary: "All readings so far, taken together, are not shifted against the baseline's (Mann-Whitney test, as in Kayenta).",
  kinds: ['ratio', 'rate', 'latency', 'value'],
  params: MannWhitneyParams,
  example: { tolerance: 0.25, confidence: 0.98 },
  needs: ({ to }, { forMs }) => ({
    control: to === undefined || to.kind === 'control',
    historyMs: to === undefined ? forMs : to.kind === 'control' ? 0 : reachOf(to, forMs),
  }),
  analyze: (input, params) => follow(input, params)(lengthOf(input.bake.ticks)),
  follow,
});

function follow(input: AnalyzerInput, params: MannWhitneyParams): VerdictByTick {
  const baseline = baselineOf(input, params);
  if (typeof baseline === 'string') return notCompared(input, baseline);
  const bound = slowBound(
    input.bake.ticks,
    baseline.stretch.ticks,
    params.slower_than === undefined ? undefined : params.slower_than / 1000,
  );
  if (typeof bound === 'string') return notCompared(input, bound);
  const options = { minSamples: input.minSamples, slowerThanSec: bound };
  const [own, other] = [readings(filled(input.bake, params), options), readings(filled(baseline.stretch, params), options)];
  const how = { kind: input.bake.ticks.kind, direction: params.direction ?? input.direction, params, bound };
  const isAbsenceFine = params.nan_strategy === 'replace' && other.length > 0;
  const at = (ticks: number): Verdict => {
    const canary = valuesOf(upTo(own, ticks));
    if (canary.length === 0 && !isAbsenceFine) return noReadings(input, ticks);
    return compareSamples({ canary, baseline: valuesOf(baseline.isBeside ? upTo(other, ticks) : other), name: baseline.name }, how);
  };
  return latched(at, looksOf(input, params));
}

/** Nothing to compare with may be overlooked; nothing to compare may not. */
function notCompared(input: AnalyzerInput, reason: string): VerdictByTick {
  const own = readings(input.bake, { minSamples: input.minSamples, slowerThanSec: Number.MIN_VALUE });
  return (ticks) => (upTo(own, ticks).length === 0 ? noReadings(input, ticks) : { outcome: 'inconclusive', blocks: false, reason });
}

type BaselineReadings = { readonly stretch: Stretch; readonly name: string; readonly isBeside: boolean };

/** What the bake is compared with, or in words why it is nothing. */
function baselineOf(
  { bake, control, history, deployedAt, forMs, timezone }: AnalyzerInput,
  { to }: MannWhitneyParams,
): BaselineReadings | string {
  if (control !== null && (to === undefined || to.kind === 'control')) return { stretch: control, name: 'the control', isBeside: true };
  if (to?.kind === 'control') return 'no control beside this deploy: not compared';
  const like = to ?? { kind: 'before' };
  if (history === null) return `no history yet: not compared with ${describeLike(like)}`;
  const stretch = cutLike(history, like, { startAt: bake.startAt, deployedAt, forMs, timezone });
  return { stretch, name: `the baseline ${describeLike(like)}`, isBeside: false };
}

/** Where no value means zero, such as a counter of errors that is not there before its first error. A share of nothing stays unknown. */
function filled(stretch: Stretch, { nan_strategy }: MannWhitneyParams): Stretch {
  const { ticks } = stretch;
  if (nan_strategy === 'remove' || ticks.kind === 'ratio' || ticks.kind === 'latency') return stretch;
  const zeroed = (column: readonly (number | null)[]) => column.map((value) => (Number.isFinite(value) ? value : 0));
  const full: Ticks = ticks.kind === 'rate' ? { ...ticks, count: zeroed(ticks.count) } : { ...ticks, value: zeroed(ticks.value) };
  return { ...stretch, ticks: full };
}

type Looks = { readonly every: number; readonly planned: number; readonly stepMs: number };

function looksOf({ bake, forMs }: AnalyzerInput, { interval }: MannWhitneyParams): Looks {
  const planned = Math.max(1, Math.round(forMs / bake.stepMs));
  const wanted = interval === undefined ? planned : Math.round(interval / bake.stepMs);
  return { every: Math.max(1, Math.min(wanted, planned), Math.ceil(planned / mostLooks)), planned, stepMs: bake.stepMs };
}

/** Asks at the end of every interval and at the planned end of the bake, and stays with the first fail. */
function latched(at: VerdictByTick, { every, planned, stepMs }: Looks): VerdictByTick {
  const known = new Map<number, Verdict>();
  const lookAt = (ticks: number): Verdict => {
    const verdict = known.get(ticks) ?? at(ticks);
    known.set(ticks, verdict);
    return verdict;
  };
  return (ticks) => {
    let last: Verdict | null = null;
    for (const look of looksUpTo(ticks, every, planned)) {
      last = lookAt(look);
      if (last.outcome === 'fail') return last;
    }
    if (last !== null) return last;
    const now = at(ticks);
    if (now.outcome === 'inconclusive' || ticks === 0) return now;
    return { ...now, outcome: 'inconclusive', reason: `judged every ${formatDuration(every * stepMs)}; so far ${now.reason}` };
  };
}

function looksUpTo(ticks: number, every: number, planned: number): readonly number[] {
  const looks = Array.from({ length: Math.floor(ticks / every) }, (_, i) => (i + 1) * every);
  return planned <= ticks && planned % every !== 0 ? [...looks, planned].sort((a, b) => a - b) : looks;
}

function upTo(list: readonly Reading[], ticks: number): readonly Reading[] {
  return list.filter(({ to }) => to <= ticks);
}

function valuesOf(list: readonly Reading[]): readonly number[] {
  return list.map(({ value }) => value);
}

function noReadings({ bake }: AnalyzerInput, ticks: number): Verdict {
  return {
    outcome: 'inconclusive',
    reason: `too little data for a reading in the ${formatDuration(ticks * bake.stepMs)} since the bake began`,
  };
}
