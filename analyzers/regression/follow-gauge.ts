import type { AnalyzerInput, Followed } from '../../src/core/analyzer.ts';
import { formatDuration } from '../../src/core/duration.ts';
import { formatNumber, formatShare } from '../../src/core/numbers.ts';
import type { Evidence, Verdict } from '../../src/core/verdict.ts';
import { ratio } from './calibrate-gauge.ts';
import type { GaugeArm } from './calibration.ts';
import { coarsened, type Line, lineOf } from './line.ts';
import { Means, questions } from './trace.ts';

/** What one tick showed: the window and question that went furthest, in the unit of the healthy scores. */
type Seen = {
  readonly score: number;
  readonly question: (typeof questions)[number];
  readonly length: number;
  readonly place: number;
  readonly at: number;
};

type State = {
  readonly arm: GaugeArm;
  readonly means: Means;
  readonly forecast: Float64Array;
  readonly seen: readonly Seen[];
  /** How many of the first so many ticks were answered. */
  readonly known: readonly number[];
  readonly stepMs: number;
};

const nothing: Seen = { score: 0, question: 'forecast', length: 1, place: 0, at: 0 };
/** Less of the past than this holds no season, and few bakes. */
const confidentMs = 2 * 86_400_000;

/** Judges a gauge against its forecast and against where it was just before; `null` where its series is none. */
export function followGauge({ bake, minSamples }: AnalyzerInput, arm: GaugeArm): Followed | null {
  const own = lineOf(bake);
  if (own === null) return null;
  const line = coarsened(own, arm.stepMs, 'start');
  const size = Math.max(1, Math.round(line.stepMs / own.stepMs));
  const state = stateOf(line, arm);
  const failedAt = firstFailure(state, Math.max(1, minSamples));
  return (ticks) => {
    const at = Math.min(state.means.length, Math.floor(ticks / size));
    if (failedAt <= at) return failure(state, failedAt);
    if ((state.known[at] ?? 0) === 0)
      return { outcome: 'inconclusive', reason: `no data in the ${formatDuration(ticks * bake.stepMs)} since the bake began` };
    return notFailed(state, at, minSamples);
  };
}

function stateOf(line: Line, arm: GaugeArm): State {
  const offset = Math.max(0, Math.round((line.startAt - arm.startAt) / arm.stepMs));
  const places = Array.from(line.values, (_, i) => offset + Math.round((i * line.stepMs) / arm.stepMs));
  const forecast = Float64Array.from(
    places.filter((place) => place < arm.forecast.length),
    (place) => arm.forecast[place] ?? 0,
  );
  const before = offset === 0 ? Float64Array.from(arm.before, (value) => value ?? Number.NaN) : new Float64Array();
  const means = new Means({ values: line.values, forecast, before, side: arm.side, slack: arm.slack });
  const known = [0];
  for (let at = 0; at < means.length; at++) known.push((known[at] ?? 0) + (Number.isNaN(line.values[at]) ? 0 : 1));
  return {
    arm,
    means,
    forecast,
    seen: Array.from({ length: means.length }, (_, at) => furthest(arm, means, at)),
    known,
    stepMs: line.stepMs,
  };
}

function furthest(arm: GaugeArm, means: Means, at: number): Seen {
  let best = { ...nothing, at };
  for (const [asked, question] of questions.entries()) {
    for (const [i, length] of arm.windows.entries()) {
      const place = asked * arm.windows.length + i;
      const found = means.distance(question, at, length);
      const score = found === null ? 0 : ratio(found.left, arm.spread[place] ?? 0);
      if (score > best.score) best = { score, question, length, place, at };
    }
  }
  return best;
}

/** Scores may differ in the last digit where all numbers are given in another unit. */
const leeway = 1e-6;

function firstFailure({ arm, seen, known }: State, minSamples: number): number {
  let most = 0;
  for (const [at, { score }] of seen.entries()) {
    most = Math.max(most, score);
    if (most > arm.threshold * (1 + leeway) && (known[at + 1] ?? 0) >= minSamples) return at + 1;
  }
  return Number.POSITIVE_INFINITY;
}

function failure(state: State, ticks: number): Verdict {
  const worst = state.seen.slice(0, ticks).reduce((a, b) => (b.score > a.score ? b : a), nothing);
  const { arm } = state;
  const times = worst.score / arm.threshold;
  const strength = times >= 1000 ? 'over 1,000×' : `${formatNumber(Number(Math.max(1, times).toPrecision(2)))}×`;
  const { sentence, evidence } = tell(state, worst);
  return {
    outcome: 'fail',
    reason: `${sentence}: ${strength} the evidence needed; worse than ${rankOf(arm, worst.score)}${confidence(arm)}`,
    evidence,
  };
}

/** "160 of 160 healthy bakes". Only the largest scores are kept: a rank among the others is never needed. */
function rankOf({ top, replayed }: GaugeArm, score: number): string {
  const below = replayed - top.filter((other) => other >= score).length;
  return `${formatNumber(below)} of ${formatNumber(replayed)} healthy bakes of the same length`;
}

/** Healthy where the newest numbers are as most healthy bakes were; in between it could not be told. Either way the change it could see is said. */
function notFailed(state: State, ticks: number, minSamples: number): Verdict {
  const { arm, seen, known } = state;
  const newest = seen[ticks - 1] ?? nothing;
  const { sentence, evidence } = tell(state, {
    ...newest,
    question: 'forecast',
    length: longest(arm, ticks),
    place: arm.windows.indexOf(longest(arm, ticks)),
  });
  const count = known[ticks] ?? 0;
  const could = smallest(state, ticks);
  const end = `${could}${confidence(arm)}`;
  if (count < minSamples || 2 * count < ticks || count < Math.min(2, arm.windows[0] ?? 1))
    return { outcome: 'inconclusive', reason: `${sentence}: ${formatNumber(count)} readings are too few to tell; ${end}`, evidence };
  if (newest.score > Math.min(arm.usual, arm.threshold))
    return {
      outcome: 'inconclusive',
      reason: `${sentence}: not enough to tell, ${formatNumber(Number((newest.score / arm.threshold).toPrecision(2)))} of the evidence needed; ${end}`,
      evidence,
    };
  return { outcome: 'pass', reason: `${sentence}: as expected; ${end}`, evidence };
}

function longest({ windows }: GaugeArm, ticks: number): number {
  return windows.findLast((length) => length <= ticks) ?? windows[0] ?? 1;
}

function confidence({ historyMs }: GaugeArm): string {
  return historyMs < confidentMs ? `; low confidence, with ${formatDuration(historyMs)} of history` : '';
}

/** The smallest lasting change that would have been found by now. */
function smallest({ arm, forecast }: State, ticks: number): string {
  const usual = Math.abs(forecast[Math.max(0, ticks - 1)] ?? 0);
  const distances = arm.windows.flatMap((length, i) => (length <= ticks ? [arm.threshold * (arm.spread[i] ?? 0)] : []));
  const least = Math.min(...(distances.length > 0 ? distances : [arm.threshold * (arm.spread[0] ?? 0)])) + arm.slack * usual;
  const share = usual > 0 ? ` (${formatShare(Number((least / usual).toPrecision(2)))})` : '';
  const way = arm.side === 'both' ? 'change' : arm.side === 'up' ? 'rise' : 'fall';
  return `could see a ${way} of ${formatNumber(Number(least.toPrecision(2)))}${share}`;
}

/** "averaged 312 over 10m, 221 expected from yesterday, tolerated up to 240". */
function tell(
  { arm, means, forecast, stepMs, known }: State,
  { question, length, place, at }: Seen,
): { readonly sentence: string; readonly evidence: Evidence } {
  const found = means.around(question, at, length);
  const show = (value: number) => formatNumber(Number(value.toPrecision(4)));
  if (found === null) return { sentence: `${formatNumber(known[at + 1] ?? 0)} readings`, evidence: { samples: known[at + 1] ?? 0 } };
  const { mean, against } = found;
  const room = arm.threshold * (arm.spread[place] ?? 0) + arm.slack * Math.abs(forecast[at] ?? 0);
  const limit = arm.side === 'down' || (arm.side === 'both' && mean < against) ? against - room : against + room;
  const from = question === 'forecast' ? `${show(against)} expected from ${arm.method}` : `${show(against)} just before`;
  const tolerated =
    arm.side === 'both' ? `${show(against - room)} to ${show(against + room)}` : `${arm.side === 'up' ? 'up' : 'down'} to ${show(limit)}`;
  const sentence = `averaged ${show(mean)} over ${formatDuration(length * stepMs)}, ${from}, tolerated ${tolerated}`;
  return { sentence, evidence: { measured: mean, expected: against, limit, samples: known[at + 1] ?? 0 } };
}
