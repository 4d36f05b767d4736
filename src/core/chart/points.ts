import { tickSums } from '../judge/readings.ts';
import { lengthOf, type Stretch, sliceTicks } from '../series/ticks.ts';
import type { ChartPoint } from './chart-parts.ts';

/** The width of a chart: more points would not be visible. */
const maxPoints = 240;

/**
 * Turns ticks into points. A point lies at the end of its ticks. Shares are in percent, rates per second, values unchanged. In a long stretch,
 * neighboring ticks are merged, as one longer tick would have counted them.
 */
export function pointsOf(stretch: Stretch, slowerThanSec: number | undefined): readonly ChartPoint[] {
  const { kind } = stretch.ticks;
  const scale = kind === 'ratio' || kind === 'latency' ? 100 : 1;
  const parts = tickSums(stretch, slowerThanSec);
  const size = Math.max(1, Math.ceil(parts.length / maxPoints));
  return Array.from({ length: Math.ceil(parts.length / size) }, (_, i): ChartPoint => {
    const group = parts.slice(i * size, (i + 1) * size);
    let [top, bottom] = [0, 0];
    for (const part of group) [top, bottom] = [top + (part?.top ?? 0), bottom + (part?.bottom ?? 0)];
    const value = (top / bottom) * scale;
    return [stretch.startAt + (i * size + group.length) * stretch.stepMs, bottom > 0 && Number.isFinite(value) ? value : null];
  });
}

/** Returns the last `ms` milliseconds before `until`, at least two ticks. */
export function newestTicks(past: Stretch, { until, ms }: { readonly until: number; readonly ms: number }): Stretch {
  const { startAt, stepMs, ticks } = past;
  const end = Math.max(0, Math.min(lengthOf(ticks), Math.floor((until - startAt) / stepMs)));
  const first = Math.max(0, end - Math.max(2, Math.ceil(ms / stepMs)));
  return { startAt: startAt + first * stepMs, stepMs, ticks: sliceTicks(ticks, first, end) };
}
