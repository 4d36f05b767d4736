import type { Interval } from '../base/window.ts';
import { type Column, lengthOf, mapTicks, type Stretch, type Ticks } from '../series/ticks.ts';

/** Returns the stretch in which every tick that overlaps one of the intervals is missing. */
export function excludeIntervals(stretch: Stretch, intervals: readonly Interval[]): Stretch {
  if (intervals.length === 0) return stretch;
  const { startAt, stepMs } = stretch;
  const isOut = Array.from({ length: lengthOf(stretch.ticks) }, (_, i) => {
    const from = startAt + i * stepMs;
    return intervals.some((interval) => from < interval.to && from + stepMs > interval.from);
  });
  return { ...stretch, ticks: mapTicks(stretch.ticks, (ticks) => without(ticks, isOut)) };
}

function without(ticks: Ticks, isOut: readonly boolean[]): Ticks {
  const blank = (column: Column): Column => column.map((value, i) => (isOut[i] ? null : value));
  switch (ticks.kind) {
    case 'ratio':
      return { ...ticks, bad: blank(ticks.bad), total: blank(ticks.total) };
    case 'rate':
      return { ...ticks, count: blank(ticks.count), ...(ticks.exposure && { exposure: blank(ticks.exposure) }) };
    case 'latency':
      return { ...ticks, buckets: ticks.buckets.map((row, i) => (isOut[i] ? null : row)) };
    case 'value':
      return { ...ticks, value: blank(ticks.value) };
  }
}
