import { formatDuration } from '../../../src/core/base/duration.ts';
import { formatNumber, formatShare } from '../../../src/core/base/format-number.ts';
import type { Evidence } from '../../../src/core/judge/verdict.ts';
import type { GaugeModel } from '../calibration.ts';
import { unitOf } from './deviation-score.ts';
import type { GaugeDeviation, GaugeState } from './state.ts';

/** "averaged 312 over 10m, 221 expected from yesterday, tolerated up to 240"; of events: "412 events in 10m, 612 expected from last week, …". */
export function tell(
  watched: GaugeState,
  { question, length, place, at }: GaugeDeviation,
): { readonly sentence: string; readonly evidence: Evidence } {
  const { arm, flow, means, stepMs, known } = watched;
  const samples = known[at + 1] ?? 0;
  const window = means.around(question, at, length);
  if (window === null) return { sentence: `${formatNumber(samples)} readings`, evidence: { samples } };
  const times = flow ? window.count : 1;
  const [measured, expected, room] = [window.mean * times, window.against * times, roomOf(arm, place, window) * times];
  const [low, high] = [arm.side === 'both' || arm.side === 'down', arm.side === 'both' || arm.side === 'up'];
  const limit = high && (!low || measured >= expected) ? expected + room : expected - room;
  const from = question === 'step' ? `${show(expected)} just before` : `${show(expected)} expected from ${arm.method}`;
  const bottom = flow ? Math.max(0, expected - room) : expected - room;
  const tolerated = low && high ? `${show(bottom)} to ${show(expected + room)}` : high ? `up to ${show(limit)}` : `down to ${show(bottom)}`;
  const span = formatDuration(length * stepMs);
  const what = flow ? `${show(measured)} events in ${span}` : `averaged ${show(measured)} over ${span}`;
  return {
    sentence: `${what}, ${from}, tolerated ${tolerated}`,
    evidence: { measured, expected, limit: flow ? Math.max(0, limit) : limit, samples },
  };
}

/** How far a window may go before it fails. */
export function roomOf(arm: GaugeModel, place: number, window: { readonly expected: number; readonly count: number }): number {
  const usual = Math.abs(window.expected);
  return Math.max(arm.least * usual, arm.threshold * unitOf(window, place, arm) + arm.slack * usual);
}

/** The smallest lasting change that would have been found by now, in words. */
export function smallestChange({ arm, flow, forecast, stepMs }: GaugeState, ticks: number): string {
  const expected = forecast[Math.max(0, ticks - 1)] ?? 0;
  const rooms = arm.windows.flatMap((count, place) => (count <= ticks || place === 0 ? [roomOf(arm, place, { expected, count })] : []));
  const least = Math.min(...rooms);
  const way = arm.side === 'both' ? 'change' : arm.side === 'up' ? 'rise' : 'fall';
  const usual = Math.abs(expected);
  if (flow && arm.side === 'down' && least >= usual) return 'too few to see any fall';
  const share = usual > 0 ? formatShare(rounded(least / usual)) : '';
  if (flow && share) return `could see a ${way} of ${share}`;
  return `could see a ${way} of ${formatNumber(rounded(least))}${share && ` (${share})`}${flow ? ` in ${formatDuration(stepMs)}` : ''}`;
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

/** Less of the past than this holds no season, and few bakes. */
const confidentMs = 2 * 86_400_000;

export function confidence({ historyMs }: GaugeModel): string {
  return historyMs < confidentMs ? `; low confidence, with ${formatDuration(historyMs)} of history` : '';
}

function rounded(value: number): number {
  return Number(value.toPrecision(2));
}

function show(value: number): string {
  return formatNumber(Number(value.toPrecision(4)));
}
