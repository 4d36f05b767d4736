import type { Bake } from './bake.ts';
import { type Column, lengthOf, type Stretch, type Ticks } from './series.ts';
import type { Interval } from './window.ts';

/**
 * The stretches of a service's past that say nothing of how it is when healthy: from each deploy that went bad until it was rolled back or, where it
 * was left in place, until the next deploy. `bakes` are those of one service and environment.
 */
export function unhealthyStretches(bakes: readonly Bake[], now: number): readonly Interval[] {
  const begun = bakes.map((bake) => bake.begunAt);
  return bakes.flatMap((bake): Interval[] => {
    const from = bake.deployedAt ?? bake.begunAt;
    if (bake.state === 'rolled_back' || bake.state === 'verifying' || bake.state === 'rolling_back')
      return [{ from, to: bake.state === 'rolled_back' ? bake.at : now }];
    if (bake.state !== 'failed') return [];
    const next = Math.min(now, ...begun.filter((at) => at > bake.begunAt));
    return [{ from, to: bake.rolledBack === 'yes' ? bake.at : Math.max(bake.at, next) }];
  });
}

/** The same stretch with every tick that touches one of the intervals missing. */
export function leaveOut(stretch: Stretch, intervals: readonly Interval[]): Stretch {
  if (intervals.length === 0) return stretch;
  const { startAt, stepMs } = stretch;
  const isOut = Array.from({ length: lengthOf(stretch.ticks) }, (_, i) => {
    const from = startAt + i * stepMs;
    return intervals.some((interval) => from < interval.to && from + stepMs > interval.from);
  });
  return { ...stretch, ticks: without(stretch.ticks, isOut) };
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
