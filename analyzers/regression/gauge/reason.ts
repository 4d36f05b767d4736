import { formatDuration } from '../../../src/core/base/duration.ts';
import { formatNumber, formatShare } from '../../../src/core/base/format-number.ts';
import type { Evidence } from '../../../src/core/judge/verdict.ts';
import type { GaugeModel } from '../calibration.ts';
import { unitOf } from './deviation-score.ts';
import { MovingMeans } from './moving-means.ts';
import type { GaugeDeviation, GaugeState, GaugeTest } from './state.ts';

/** "averaged 312 over 10m, 221 expected from yesterday, tolerated up to 240"; of events: "412 events in 10m, 612 expected from last week, …". */
export function describe(
  { means, at, known }: GaugeState,
  { model, flow, stepMs }: GaugeTest,
  { question, length, place }: GaugeDeviation,
): { readonly sentence: string; readonly evidence: Evidence } {
  const samples = known;
  const window = new MovingMeans(means).around(question, at - 1, length);
  if (window === null) return { sentence: `${formatNumber(samples)} readings`, evidence: { samples } };
  const times = flow ? window.count : 1;
  const [measured, expected, room] = [window.mean * times, window.against * times, roomOf(model, place, window) * times];
  const [low, high] = [model.side === 'both' || model.side === 'down', model.side === 'both' || model.side === 'up'];
  const limit = high && (!low || measured >= expected) ? expected + room : expected - room;
  const from = question === 'step' ? `${show(expected)} just before` : `${show(expected)} expected from ${model.method}`;
  const bottom = flow ? Math.max(0, expected - room) : expected - room;
  const tolerated = low && high ? `${show(bottom)} to ${show(expected + room)}` : high ? `up to ${show(limit)}` : `down to ${show(bottom)}`;
  const span = formatDuration(length * stepMs);
  const what = flow ? `${show(measured)} events in ${span}` : `averaged ${show(measured)} over ${span}`;
  return {
    sentence: `${what}, ${from}, tolerated ${tolerated}`,
    evidence: { measured, expected, limit: flow ? Math.max(0, limit) : limit, samples },
  };
}

/** The maximum deviation that a window may have without a failure. */
export function roomOf(model: GaugeModel, place: number, window: { readonly expected: number; readonly count: number }): number {
  const size = Math.abs(window.expected);
  return Math.max(model.least * size, model.threshold * unitOf(window, place, model) + model.slack * size);
}

/** The smallest lasting change that would have been found by now, in words. */
export function couldSee({ at }: GaugeState, { model, flow, stepMs, forecastAt }: GaugeTest): string {
  const expected = forecastAt(Math.max(0, at - 1)) ?? 0;
  const rooms = model.windows.flatMap((count, place) => (count <= at || place === 0 ? [roomOf(model, place, { expected, count })] : []));
  const smallest = Math.min(...rooms);
  const way = model.side === 'both' ? 'change' : model.side === 'up' ? 'rise' : 'fall';
  const size = Math.abs(expected);
  if (flow && model.side === 'down' && smallest >= size) return 'too few to see any fall';
  const share = size > 0 ? formatShare(rounded(smallest / size)) : '';
  if (flow && share) return `could see a ${way} of ${share}`;
  return `could see a ${way} of ${formatNumber(rounded(smallest))}${share && ` (${share})`}${flow ? ` in ${formatDuration(stepMs)}` : ''}`;
}

/** "160 of 160 healthy bakes". Only the largest scores are kept: a rank among the others is never needed. */
export function rankOf({ top, replayed }: GaugeModel, score: number): string {
  const below = replayed - top.filter((other) => other >= score).length;
  return `${formatNumber(below)} of ${formatNumber(replayed)} healthy bakes of the same length`;
}

/** How many times the evidence that is needed. */
export function strengthOf(times: number): string {
  return times >= 1000 ? 'over 1,000×' : `${formatNumber(rounded(Math.max(1, times)))}×`;
}

/** A shorter past shows no season and holds few bakes. */
const confidentMs = 2 * 86_400_000;

/** Says that confidence is low, where the past is short. */
export function confidence({ historyMs }: GaugeModel): string {
  return historyMs < confidentMs ? `; low confidence, with ${formatDuration(historyMs)} of history` : '';
}

function rounded(value: number): number {
  return Number(value.toPrecision(2));
}

function show(value: number): string {
  return formatNumber(Number(value.toPrecision(4)));
}
