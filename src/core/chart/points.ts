import { type TickSums, tickSums } from '../judge/readings.ts';
import { lengthOf, type Stretch, sliceTicks } from '../series/ticks.ts';
import type { ChartPoint } from './chart-parts.ts';

/** The width of a chart: more points would not be visible. */
const maxPoints = 240;

/** The minimum number of events in a moving mean: with fewer, chance makes it vary too much. */
const enoughEvents = 20;

/** A moving mean covers at most this share of the bake, so that a change stays visible. */
const maxMeanShare = 1 / 4;

/** The numerators and denominators of a stretch. In a long stretch, neighboring ticks are merged, as one longer tick would have counted them. */
export type ChartSums = {
  readonly startAt: number;
  readonly stepMs: number;
  readonly endAt: number;
  readonly sums: readonly TickSums[];
};

/** Adds up the ticks of a stretch, in the unit of readings. */
export function sumsOf(stretch: Stretch, slowerThan: number | undefined): ChartSums {
  const parts = tickSums(stretch, slowerThan);
  const size = Math.max(1, Math.ceil(parts.length / maxPoints));
  const sums = Array.from({ length: Math.ceil(parts.length / size) }, (_, i) => added(parts.slice(i * size, (i + 1) * size)));
  return { startAt: stretch.startAt, stepMs: stretch.stepMs * size, endAt: stretch.startAt + parts.length * stretch.stepMs, sums };
}

/** Turns sums into points in the unit of the chart. A point lies at the end of its ticks. */
export function pointsOf({ startAt, stepMs, endAt, sums }: ChartSums, times: number): readonly ChartPoint[] {
  return sums.map((sum, i): ChartPoint => [Math.min(endAt, startAt + (i + 1) * stepMs), quotient(sum, times)]);
}

/**
 * The length of the moving means that a release needs, in milliseconds; `null` where single ticks hold enough events to be compared. Values that are no
 * counts need none.
 */
export function meansLength({ stepMs, sums }: ChartSums, kind: Stretch['ticks']['kind']): number | null {
  if (kind === 'value') return null;
  const known = sums.filter((sum) => sum !== null);
  const eventsOf = ({ top, bottom }: NonNullable<TickSums>) => (kind === 'rate' ? top : Math.min(top, bottom - top));
  const events = known.reduce((all, sum) => all + eventsOf(sum), 0) / known.length;
  const ticks = Math.min(Math.ceil(enoughEvents / events), Math.floor(known.length * maxMeanShare));
  return ticks > 1 ? ticks * stepMs : null;
}

/** Moving means over `lengthMs`. They begin where half of their ticks are known; none where the ticks are as long as that. */
export function meansOf(
  { startAt, stepMs, endAt, sums }: ChartSums,
  { lengthMs, times }: { readonly lengthMs: number | null; readonly times: number },
): readonly ChartPoint[] {
  const count = lengthMs === null ? 1 : Math.round(lengthMs / stepMs);
  if (count <= 1) return [];
  const first = Math.ceil(count / 2) - 1;
  return sums.slice(first).map((sum, i): ChartPoint => {
    const to = first + i + 1;
    const value = sum === null ? null : quotient(added(sums.slice(Math.max(0, to - count), to)), times);
    return [Math.min(endAt, startAt + to * stepMs), value];
  });
}

function added(parts: readonly TickSums[]): TickSums {
  const known = parts.filter((part) => part !== null);
  if (known.length === 0) return null;
  let [top, bottom, samples] = [0, 0, 0];
  for (const part of known) [top, bottom, samples] = [top + part.top, bottom + part.bottom, samples + part.samples];
  return { top, bottom, samples };
}

function quotient(sum: TickSums, times: number): number | null {
  if (sum === null || sum.bottom <= 0) return null;
  const value = (sum.top / sum.bottom) * times;
  return Number.isFinite(value) ? value : null;
}

/** Returns the last `ms` milliseconds before `until`, at least two ticks. */
export function newestTicks(past: Stretch, { until, ms }: { readonly until: number; readonly ms: number }): Stretch {
  const { startAt, stepMs, ticks } = past;
  const end = Math.max(0, Math.min(lengthOf(ticks), Math.floor((until - startAt) / stepMs)));
  const first = Math.max(0, end - Math.max(2, Math.ceil(ms / stepMs)));
  return { startAt: startAt + first * stepMs, stepMs, ticks: sliceTicks(ticks, first, end) };
}
