import type { VerdictByTick } from '../../../src/core/judge/analyzer.ts';
import type { Verdict } from '../../../src/core/judge/verdict.ts';
import { neededFor } from './e-process.ts';
import { runningSums } from './event-counts.ts';
import { accumulateEvidence, minimumDetectableEffect, type Reference, type TestDesign } from './evidence.ts';
import { describe, neededAsText, noRequests, seen, strengthAsText } from './reason.ts';
import type { CountedSeries, CountsInput, CountsState, DetectableSeries } from './state.ts';

/** Evidence that nothing harmful happens, which a check that passes must have: wrong in one of twenty. */
const enoughToPass = 20;
/** A bound on which so many times as much could not be told is left to the others. */
const mostTimes = 3;

/** A release is broken where so many times as many requests fail, or such a share of them. */
const brokenTimes = 5;
const brokenShare = 0.2;
/** Where the evidence leans so far towards a failure, nothing passes on what could have been seen. */
const leaning = 2;

/** Judges counts: one series or (a histogram) one for each bound. The evidence is the average over them, so that none needs to be chosen beforehand. */
export function judgeCounts(watch: CountsInput): VerdictByTick {
  const { streams, bake } = watch;
  const state: CountsState = {
    watch,
    weighed: streams.map((stream) => accumulateEvidence(stream, bake)),
    bad: streams.map((stream) => runningSums(stream.bake.bad)),
    total: streams.map((stream) => runningSums(stream.bake.total)),
    samples: samplesOf(watch),
    needed: Math.exp(neededFor(bake.alpha)),
  };
  const length = Math.max(0, ...streams.map((stream) => stream.bake.bad.length));
  const failedAt = firstFailure(state, length);
  return (ticks) => {
    const at = Math.min(ticks, length);
    if (failedAt <= at) return failure(state, failedAt);
    return samplesAfter(state, at) > 0 ? notFailed(state, at) : { outcome: 'inconclusive', reason: noRequests(watch, ticks) };
  };
}

function firstFailure(state: CountsState, length: number): number {
  for (let ticks = 1; ticks <= length; ticks++) {
    if (averageAt(state, ticks) >= state.needed && samplesAfter(state, ticks) >= state.watch.minSamples) return ticks;
  }
  return Number.POSITIVE_INFINITY;
}

function averageAt({ weighed }: CountsState, ticks: number): number {
  let sum = 0;
  for (const { against } of weighed) sum += against[ticks - 1] ?? 0;
  return weighed.length > 0 ? sum / weighed.length : 0;
}

function samplesAfter({ samples }: CountsState, ticks: number): number {
  return samples[ticks] ?? 0;
}

function samplesOf({ kind, streams }: CountsInput): Float64Array {
  const most = new Float64Array(Math.max(0, ...streams.map(({ bake }) => bake.total.length)));
  for (const { bake } of streams) {
    for (const [i, n] of bake.total.entries()) most[i] = Math.max(most[i] ?? 0, kind === 'rate' ? Math.sign(n) : n);
  }
  return runningSums(most);
}

function failure(state: CountsState, ticks: number): Verdict {
  const worst = indexOfLargest(state.weighed.map(({ against }) => against[ticks - 1] ?? 0));
  const strength = averageAt(state, ticks) / state.needed;
  const healthyBakes = state.watch.streams[worst]?.replayed ?? 0;
  const rank = healthyBakes > 0 ? `; worse than ${healthyBakes} of ${healthyBakes} healthy bakes` : '';
  const { sentence, evidence } = describe(state, ticks, worst);
  return {
    outcome: 'fail',
    reason: `${sentence}: ${strengthAsText(strength)} the evidence needed${rank}${state.watch.grid}`,
    evidence: { ...evidence, strength, healthyBakes },
  };
}

/** Healthy where what would harm is ruled out on every series that could show it; otherwise it could not be told, and what could have been seen is said. */
function notFailed(state: CountsState, ticks: number): Verdict {
  const { watch } = state;
  const able = ableAt(state, ticks);
  const best = mostTelling(able);
  const { sentence, evidence } = describe(state, ticks, best?.i ?? 0);
  const strength = averageAt(state, ticks) / state.needed;
  const numbers = { ...evidence, strength, ...(best !== null && { smallestSeen: best.smallest }) };
  const enough = samplesAfter(state, ticks) >= watch.minSamples;
  const asked = sharpest(able);
  if (enough && isRuledOut(state, ticks, asked)) {
    const reason = `${sentence}: as expected; ${seen(state, ticks, best)}${watch.grid}`;
    return { outcome: 'pass', reason, evidence: numbers, settledAfterMs: settledAt(state, ticks, asked) * watch.bake.stepMs };
  }
  const why = enough ? 'not enough to tell' : `${neededAsText(samplesAfter(state, ticks), watch)} are too few to tell`;
  const open = {
    outcome: 'inconclusive',
    reason: `${sentence}: ${why}; ${seen(state, ticks, best)}${watch.grid}`,
    evidence: numbers,
  } as const;
  if (averageAt(state, ticks) > leaning) return open;
  return able.some((one) => wouldBeBroken(watch.bake, one)) ? { ...open, blocks: false } : open;
}

/** A release that is broken, and not just worse, would have been seen: the bake may pass on that, at low confidence. */
function wouldBeBroken({ side, isShare }: TestDesign, { smallest, expected }: DetectableSeries): boolean {
  if (distance(smallest) <= Math.log(brokenTimes)) return true;
  return isShare && side === 'up' && smallest * expected <= brokenShare;
}

/** Of the bounds that tell well, the one that the fewest requests pass: what happens there is felt first. */
function mostTelling(able: readonly DetectableSeries[]): DetectableSeries | null {
  const [first, ...others] = sharpest(able);
  return first === undefined ? null : others.reduce((a, b) => (b.expected < a.expected ? b : a), first);
}

/** The series that tell three times as much from what is expected; where none does, the one that comes closest. */
function sharpest(able: readonly DetectableSeries[]): readonly DetectableSeries[] {
  const closest = Math.min(...able.map(({ smallest }) => distance(smallest)));
  const far = Math.max(closest, Math.log(mostTimes));
  return able.filter(({ smallest }) => distance(smallest) <= far);
}

/** The series on which some change could have been seen by now. */
function ableAt({ watch, total }: CountsState, ticks: number): readonly DetectableSeries[] {
  return watch.streams.flatMap((stream, i) => {
    const samples = total[i]?.[ticks] ?? 0;
    const known = stream.isRatio ? besideAt(stream, ticks, samples) : { held: stream.held, samples };
    const smallest = minimumDetectableEffect(known.held, known.samples, watch.bake);
    return smallest === null ? [] : [{ i, smallest, expected: known.held.expected }];
  });
}

/**
 * Without a past, what is expected is what the control has shown so far (half an event more, as after Jeffreys, because none may have come yet), and a
 * small control makes the comparison as weak as few requests of the new release do.
 */
function besideAt(
  { control, held }: CountedSeries,
  ticks: number,
  samples: number,
): { readonly held: Reference; readonly samples: number } {
  let [events, of] = [0, 0];
  for (let i = 0; i < ticks; i++) [events, of] = [events + (control?.bad[i] ?? 0), of + (control?.total[i] ?? 0)];
  const expected = (events + 0.5) / (of + 1);
  const tolerated = expected * (held.tolerated / held.expected);
  return { held: { ...held, expected, tolerated }, samples: of > 0 ? (samples * of) / (samples + of) : 0 };
}

function isRuledOut({ weighed }: CountsState, ticks: number, asked: readonly DetectableSeries[]): boolean {
  return asked.length > 0 && asked.every(({ i }) => (weighed[i]?.forIt[ticks - 1] ?? 0) >= enoughToPass);
}

/** The first of the ticks in a row, up to this one, after which the same series had ruled it out. */
function settledAt(state: CountsState, ticks: number, asked: readonly DetectableSeries[]): number {
  let first = ticks;
  while (first > 1 && samplesAfter(state, first - 1) >= state.watch.minSamples && isRuledOut(state, first - 1, asked)) first--;
  return first;
}

function distance(times: number): number {
  return Math.abs(Math.log(times));
}

function indexOfLargest(values: readonly number[]): number {
  return values.reduce((best, value, i) => (value > (values[best] ?? Number.NEGATIVE_INFINITY) ? i : best), 0);
}
