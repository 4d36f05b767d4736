import { formatDuration } from '../../../src/core/base/duration.ts';
import { formatNumber } from '../../../src/core/base/format-number.ts';
import type { AnalyzerInput, VerdictByTick } from '../../../src/core/judge/analyzer.ts';
import type { Verdict } from '../../../src/core/judge/verdict.ts';
import type { GaugeModel } from '../calibration.ts';
import { distanceOf, scoreOf } from './deviation-score.ts';
import { coarsened, type GaugeSeries, gaugeOf } from './gauge-series.ts';
import { MovingMeans } from './moving-means.ts';
import { places } from './pseudo-deploys.ts';
import { confidence, rankOf, roomOf, smallestChange, strengthOf, tell } from './reason.ts';
import type { GaugeDeviation, GaugeState } from './state.ts';

/** Judges a series against its forecast and against where it was just before; `null` where it cannot be read as numbers. */
export function judgeGauge({ bake, minSamples }: AnalyzerInput, arm: GaugeModel): VerdictByTick | null {
  const own = gaugeOf(bake);
  if (own === null) return null;
  const flow = bake.ticks.kind === 'rate';
  const line = coarsened(own, { stepMs: arm.stepMs, keep: 'start', flow });
  const size = Math.max(1, Math.round(line.stepMs / own.stepMs));
  const watched = watchedOf(line, arm, flow);
  const all = places(arm);
  const seen = Array.from({ length: watched.means.length }, (_, at) => furthest(watched, all, at));
  const failed = firstFailure(watched, seen, minSamples);
  return (ticks) => {
    const at = Math.min(watched.means.length, Math.floor(ticks / size));
    if (failed !== null && failed.ticks <= at) return failed.verdict;
    if ((watched.known[at] ?? 0) === 0)
      return { outcome: 'inconclusive', reason: `no data in the ${formatDuration(ticks * bake.stepMs)} since the bake began` };
    return notFailed(watched, { newest: seen[at - 1], at, minSamples });
  };
}

function watchedOf(line: GaugeSeries, arm: GaugeModel, flow: boolean): GaugeState {
  const offset = Math.max(0, Math.round((line.startAt - arm.startAt) / arm.stepMs));
  // A sum over a tick that is not as long as those of the past is that much of it; a number is what it is.
  const share = flow ? line.stepMs / arm.stepMs : 1;
  const forecast: number[] = [];
  for (let i = 0; i < line.values.length; i++) {
    const expected = arm.forecast[offset + Math.round((i * line.stepMs) / arm.stepMs)];
    if (expected === undefined) break;
    forecast.push(expected * share);
  }
  const before = offset === 0 ? Float64Array.from(arm.before, (value) => value ?? Number.NaN) : new Float64Array();
  const means = new MovingMeans({ values: line.values, forecast: Float64Array.from(forecast), before });
  const known = [0];
  for (let at = 0; at < means.length; at++) known.push((known[at] ?? 0) + (Number.isNaN(line.values[at]) ? 0 : 1));
  return { arm, flow, means, forecast: Float64Array.from(forecast), stepMs: line.stepMs, known };
}

function isHalfway({ arm, means }: GaugeState, place: number, at: number): boolean {
  const window = means.around('forecast', at, arm.windows[place] ?? 1);
  return window !== null && 2 * distanceOf(window, arm.side) > roomOf(arm, place, window);
}

function furthest({ arm, means }: GaugeState, all: ReturnType<typeof places>, at: number): GaugeDeviation {
  let best: GaugeDeviation = { score: 0, question: 'forecast', length: arm.windows[0] ?? 1, place: 0, at };
  for (const [place, [question, length]] of all.entries()) {
    const window = means.around(question, at, length);
    const score = window === null ? 0 : scoreOf(window, place, arm);
    if (window !== null && score > best.score && means.isShared(window, at, length)) best = { score, question, length, place, at };
  }
  return best;
}

/** Scores may differ in the last digit where all numbers are given in another unit. */
const leeway = 1e-6;

/** The first tick by which it failed. The evidence stays, so that too few samples only put the verdict off. */
function firstFailure(
  watched: GaugeState,
  seen: readonly GaugeDeviation[],
  minSamples: number,
): { readonly ticks: number; readonly verdict: Verdict } | null {
  const { arm, known } = watched;
  let worst: GaugeDeviation | null = null;
  for (const [at, one] of seen.entries()) {
    if (worst === null || one.score > worst.score) worst = one;
    if (worst.score <= arm.threshold * (1 + leeway) || (known[at + 1] ?? 0) < minSamples) continue;
    const { sentence, evidence } = tell(watched, worst);
    const reason = `${sentence}: ${strengthOf(worst.score / arm.threshold)} the evidence needed; worse than ${rankOf(arm, worst.score)}${confidence(arm)}`;
    return { ticks: at + 1, verdict: { outcome: 'fail', reason, evidence } };
  }
  return null;
}

/** Healthy where the newest numbers are as in most healthy bakes; in between it could not be told. Either way the change that could be seen is said. */
function notFailed(
  watched: GaugeState,
  { newest, at, minSamples }: { newest: GaugeDeviation | undefined; at: number; minSamples: number },
): Verdict {
  const { arm, known } = watched;
  const place = Math.max(
    0,
    arm.windows.findLastIndex((length) => length <= at),
  );
  const { sentence, evidence } = tell(watched, { score: 0, question: 'forecast', length: arm.windows[place] ?? 1, place, at: at - 1 });
  const end = `${smallestChange(watched, at)}${confidence(arm)}`;
  const count = known[at] ?? 0;
  if (count < minSamples || 2 * count < at || count < (arm.windows[0] ?? 1))
    return { outcome: 'inconclusive', reason: `${sentence}: ${formatNumber(count)} readings are too few to tell; ${end}`, evidence };
  const score = newest?.score ?? 0;
  // Of events a tenth less matters: halfway to what would fail is not as expected.
  const isNear = !watched.flow || !isHalfway(watched, place, at - 1);
  if (isNear && score <= Math.min(arm.usual, arm.threshold))
    return { outcome: 'pass', reason: `${sentence}: as expected; ${end}`, evidence };
  const share = formatNumber(Number((score / arm.threshold).toPrecision(2)));
  return { outcome: 'inconclusive', reason: `${sentence}: not enough to tell, ${share}× the evidence needed; ${end}`, evidence };
}
