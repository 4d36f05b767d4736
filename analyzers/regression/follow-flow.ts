import type { AnalyzerInput, Followed } from '../../src/core/analyzer.ts';
import { formatDuration } from '../../src/core/duration.ts';
import { formatNumber, formatShare } from '../../src/core/numbers.ts';
import type { Evidence, Verdict } from '../../src/core/verdict.ts';
import type { FlowArm } from './calibration.ts';
import { neededFor } from './evidence.ts';
import { lineOf } from './line.ts';
import { runningSums } from './tally.ts';
import { type Bake, smallestChange, weigh } from './weigh.ts';

type State = {
  readonly arm: FlowArm;
  readonly bake: Bake;
  /** The evidence against the deploy as it stands at each tick, and how much is needed. */
  readonly against: Float64Array;
  readonly needed: number;
  /** Running sums of the events, of what was expected of the ticks that were answered, and of how many those were. */
  readonly events: Float64Array;
  readonly expected: Float64Array;
  readonly known: Float64Array;
};

/** Judges events that have nothing to be counted against but their own forecast; `null` where the series holds none. */
export function followFlow({ bake, minSamples, forMs }: AnalyzerInput, arm: FlowArm, alpha: number): Followed | null {
  const line = lineOf(bake);
  if (line === null) return null;
  const { stepMs, startAt, values } = line;
  const isKnown = (i: number) => !Number.isNaN(values[i] ?? Number.NaN) && expectedAt(arm, startAt + i * stepMs, stepMs) !== null;
  const known = values.map((_, i) => (isKnown(i) ? 1 : 0));
  const bad = values.map((value, i) => (known[i] === 1 ? value : 0));
  const total = values.map((_, i) => (known[i] === 1 ? (expectedAt(arm, startAt + i * stepMs, stepMs) ?? 0) : 0));
  const law: Bake = { side: arm.side, isShare: false, alpha, looks: Math.max(1, Math.round(forMs / stepMs)), stepMs };
  const held = { expected: 1, tolerated: arm.tolerated, harm: 1, phi: arm.phi };
  const { against } = weigh({ bake: { startAt, stepMs, bad, total }, control: null, held }, law);
  const needed = Math.exp(neededFor(alpha));
  const state: State = {
    arm,
    bake: law,
    against,
    needed,
    events: runningSums(bad),
    expected: runningSums(total),
    known: runningSums(known),
  };
  const failedAt = firstFailure(state, minSamples);
  return (ticks) => {
    const at = Math.min(ticks, values.length);
    if (failedAt <= at) return failure(state, failedAt);
    if ((state.known[at] ?? 0) === 0)
      return { outcome: 'inconclusive', reason: `no data in the ${formatDuration(ticks * stepMs)} since the bake began` };
    return notFailed(state, at, minSamples);
  };
}

/** What is expected of a tick of the bake: its share of a tick of the forecast. */
function expectedAt({ startAt, stepMs: coarse, forecast }: FlowArm, from: number, stepMs: number): number | null {
  const expected = forecast[Math.max(0, Math.floor((from + stepMs / 2 - startAt) / coarse))];
  return expected === undefined ? null : (expected * stepMs) / coarse;
}

function firstFailure({ against, known, needed }: State, minSamples: number): number {
  let peak = 0;
  for (const [i, evidence] of against.entries()) {
    peak = Math.max(peak, evidence);
    if (peak >= needed && (known[i + 1] ?? 0) >= minSamples) return i + 1;
  }
  return Number.POSITIVE_INFINITY;
}

function failure(state: State, ticks: number): Verdict {
  const { arm, against, needed } = state;
  const times = (against[ticks - 1] ?? 0) / needed;
  const strength = times >= 1000 ? 'over 1,000×' : `${formatNumber(Number(Math.max(1, times).toPrecision(2)))}×`;
  const rank = arm.replayed > 0 ? `; worse than ${arm.below} of ${arm.replayed} healthy bakes of the same length` : '';
  const { sentence, evidence } = tell(state, ticks);
  return { outcome: 'fail', reason: `${sentence}: ${strength} the evidence needed${rank}${confidence(arm)}`, evidence };
}

/** Healthy where the events came nearer to what was expected than to what is not tolerated; otherwise it could not be told. Either way the change it could see is said. */
function notFailed(state: State, ticks: number, minSamples: number): Verdict {
  const { arm, events, expected, known, bake } = state;
  const { sentence, evidence } = tell(state, ticks);
  const [seen, wanted, count] = [events[ticks] ?? 0, expected[ticks] ?? 0, known[ticks] ?? 0];
  const least = smallestChange({ expected: 1, tolerated: arm.tolerated, harm: 1, phi: arm.phi }, wanted, bake);
  const end = `${changeInWords(least, arm.side)}${confidence(arm)}`;
  if (count < minSamples || 2 * count < ticks)
    return { outcome: 'inconclusive', reason: `${sentence}: ${formatNumber(count)} readings are too few to tell; ${end}`, evidence };
  const halfway = Math.sqrt(arm.tolerated);
  const isNear = arm.side === 'up' ? seen <= wanted * halfway : seen >= wanted * halfway;
  // Where not even a halving or a doubling could be seen, nothing was learned.
  const couldSee = least !== null && Math.abs(Math.log(least)) <= Math.log(3);
  if (isNear && couldSee) return { outcome: 'pass', reason: `${sentence}: as expected; ${end}`, evidence };
  return { outcome: 'inconclusive', reason: `${sentence}: not enough to tell; ${end}`, evidence };
}

function changeInWords(times: number | null, side: FlowArm['side']): string {
  if (times === null) return 'too few to see any change';
  return side === 'up'
    ? `could see a rise of ${formatShare(Number((times - 1).toPrecision(2)))}`
    : `could see a fall of ${formatShare(Number((1 - times).toPrecision(2)))}`;
}

function confidence({ historyMs }: FlowArm): string {
  return historyMs < confidentMs ? `; low confidence, with ${formatDuration(historyMs)} of history` : '';
}

/** Less of the past than this holds no season. */
const confidentMs = 2 * 86_400_000;

/** "412 events in 10m, 612 expected from last week, tolerated down to 480". */
function tell({ arm, events, expected, known, bake }: State, ticks: number): { readonly sentence: string; readonly evidence: Evidence } {
  const [seen, wanted] = [events[ticks] ?? 0, expected[ticks] ?? 0];
  const limit = wanted * arm.tolerated;
  const show = (value: number) => formatNumber(Number(value.toPrecision(4)));
  const sentence = `${show(seen)} events in ${formatDuration(ticks * bake.stepMs)}, ${show(wanted)} expected from ${arm.method}, tolerated ${arm.side} to ${show(limit)}`;
  return { sentence, evidence: { measured: seen, expected: wanted, limit, samples: known[ticks] ?? 0 } };
}
