import type { Followed } from '../../src/core/analyzer.ts';
import { formatDuration } from '../../src/core/duration.ts';
import { formatMeasured, formatNumber, unitOf } from '../../src/core/numbers.ts';
import type { TicksKind } from '../../src/core/series.ts';
import type { Evidence, Verdict } from '../../src/core/verdict.ts';
import { neededFor } from './evidence.ts';
import { runningSums } from './tally.ts';
import { type Bake, smallestChange, type Watched, type Weighed, weigh } from './weigh.ts';

/** Evidence against "twice as bad" that a check which passes must have: wrong in one of twenty. */
const enoughToPass = 20;
/** A release is broken where so many times as many requests fail, or such a share of them. */
const brokenTimes = 5;
const brokenShare = 0.2;

/** One counted series with its name in words ("slower than 250ms", or nothing) and what it is compared with ("last 2h"). */
export type Stream = Watched & { readonly name: string; readonly replayed: number; readonly baseline: string };

export type CountsWatch = {
  readonly kind: TicksKind;
  readonly bake: Bake;
  readonly minSamples: number;
  readonly streams: readonly Stream[];
};

type State = {
  readonly watch: CountsWatch;
  readonly weighed: readonly Weighed[];
  readonly bad: readonly Float64Array[];
  readonly total: readonly Float64Array[];
  readonly needed: number;
};

/** Judges counts: one series or (a histogram) one for each bound. The evidence is the average over them, so that none needs to be chosen beforehand. */
export function followCounts(watch: CountsWatch): Followed {
  const { streams, bake } = watch;
  const state: State = {
    watch,
    weighed: streams.map((stream) => weigh(stream, bake)),
    bad: streams.map((stream) => runningSums(stream.bake.bad)),
    total: streams.map((stream) => runningSums(stream.bake.total)),
    needed: Math.exp(neededFor(bake.alpha)),
  };
  const length = Math.max(0, ...streams.map((stream) => stream.bake.bad.length));
  const failedAt = firstFailure(state, length);
  return (ticks) => {
    const at = Math.min(ticks, length);
    if (failedAt <= at) return failure(state, failedAt);
    if (samplesAfter(state, at) <= 0)
      return {
        outcome: 'inconclusive',
        reason: `no ${unitOf(watch.kind)} in the ${formatDuration(ticks * bake.stepMs)} since the bake began`,
      };
    return notFailed(state, at);
  };
}

function firstFailure(state: State, length: number): number {
  let peak = 0;
  for (let ticks = 1; ticks <= length; ticks++) {
    peak = Math.max(peak, averageAt(state, ticks));
    if (peak >= state.needed && samplesAfter(state, ticks) >= state.watch.minSamples) return ticks;
  }
  return Number.POSITIVE_INFINITY;
}

function averageAt({ weighed }: State, ticks: number): number {
  let sum = 0;
  for (const { against } of weighed) sum += against[ticks - 1] ?? 0;
  return weighed.length > 0 ? sum / weighed.length : 0;
}

function samplesAfter({ total }: State, ticks: number): number {
  return Math.max(0, ...total.map((sums) => sums[ticks] ?? 0));
}

function failure(state: State, ticks: number): Verdict {
  const worst = indexOfLargest(state.weighed.map(({ against }) => against[ticks - 1] ?? 0));
  const times = averageAt(state, ticks) / state.needed;
  const strength = times >= 1000 ? 'over 1,000×' : `${formatNumber(Number(Math.max(1, times).toPrecision(2)))}×`;
  const replayed = state.watch.streams[worst]?.replayed ?? 0;
  const rank = replayed > 0 ? `; worse than ${replayed} of ${replayed} healthy stretches of the same length` : '';
  const { sentence, evidence } = tell(state, ticks, worst);
  return { outcome: 'fail', reason: `${sentence}: ${strength} the evidence needed${rank}`, evidence };
}

/** Healthy where twice as bad is ruled out on every series that could show it; otherwise it could not be told, and what could have been seen is said. */
function notFailed(state: State, ticks: number): Verdict {
  const { watch, weighed, total } = state;
  const seen = (i: number) => total[i]?.[ticks] ?? 0;
  const able = watch.streams.flatMap((stream, i) => {
    const smallest = smallestChange(stream.held, seen(i), watch.bake);
    return smallest === null ? [] : [{ i, smallest }];
  });
  const best = able.reduce<{ i: number; smallest: number } | null>(
    (a, b) => (a === null || distance(b.smallest) < distance(a.smallest) ? b : a),
    null,
  );
  const shown = best?.i ?? 0;
  const { sentence, evidence } = tell(state, ticks, shown);
  const ruledOut = able.filter(({ smallest }) => distance(smallest) <= Math.log(3));
  const checked = ruledOut.length > 0 ? ruledOut : best === null ? [] : [best];
  const isHealthy = checked.length > 0 && checked.every(({ i }) => (weighed[i]?.forIt[ticks - 1] ?? 0) >= enoughToPass);
  if (isHealthy && samplesAfter(state, ticks) >= watch.minSamples) return { outcome: 'pass', reason: `${sentence}: as expected`, evidence };
  const could =
    best === null
      ? 'too few to see any change'
      : `could have seen ${watch.bake.side === 'up' ? `${formatNumber(Number(best.smallest.toPrecision(2)))}× or more` : `a drop to ${formatNumber(Number((100 * best.smallest).toPrecision(2)))} % or less`} by now`;
  const open = { outcome: 'inconclusive', reason: `${sentence}: not enough to tell; ${could}`, evidence } as const;
  return able.some(({ i, smallest }) => isBroken(watch, watch.streams[i]?.held.expected ?? 0, smallest))
    ? { ...open, blocks: false }
    : open;
}

/** A release that is broken, and not just worse, would have been seen: the bake may pass on that, at low confidence. */
function isBroken({ bake: { side, isShare } }: CountsWatch, expected: number, smallest: number): boolean {
  if (distance(smallest) <= Math.log(brokenTimes)) return true;
  return isShare && side === 'up' && smallest * expected <= brokenShare;
}

function distance(times: number): number {
  return Math.abs(Math.log(times));
}

function indexOfLargest(values: readonly number[]): number {
  return values.reduce((best, value, i) => (value > (values[best] ?? Number.NEGATIVE_INFINITY) ? i : best), 0);
}

/** "4.21 % of 1,310 requests, last 2h 0.4 %, tolerated 0.7 %". */
function tell({ watch, bad, total }: State, ticks: number, index: number): { readonly sentence: string; readonly evidence: Evidence } {
  const stream = watch.streams[index];
  const [events, samples] = [bad[index]?.[ticks] ?? 0, total[index]?.[ticks] ?? 0];
  const { expected, tolerated } = expectation(stream, ticks);
  const measured = samples > 0 ? events / samples : 0;
  const unit = (value: number) => formatMeasured(watch.kind, Number(value.toPrecision(3)));
  const named = stream?.name ? ` ${stream.name}` : '';
  const of =
    watch.kind === 'rate'
      ? `${formatNumber(events)} events (${unit(measured)} a unit of exposure)`
      : `${unit(measured)}${named} of ${formatNumber(samples)} requests`;
  return {
    sentence: `${of}, ${stream?.baseline ?? 'before'} ${unit(expected)}, tolerated ${unit(tolerated)}`,
    evidence: { measured, expected, limit: tolerated, samples },
  };
}

/** What the old release beside it shows, or what the history taught. */
function expectation(stream: Stream | undefined, ticks: number): { readonly expected: number; readonly tolerated: number } {
  if (stream === undefined) return { expected: 0, tolerated: 0 };
  const { control, held } = stream;
  if (control === null) return held;
  let [events, samples] = [0, 0];
  for (let i = 0; i < ticks; i++) [events, samples] = [events + (control.bad[i] ?? 0), samples + (control.total[i] ?? 0)];
  const beside = samples > 0 ? events / samples : 0;
  return { expected: beside, tolerated: (beside * held.tolerated) / Math.max(held.expected, 1e-12) };
}
