import { shapeOf, type TicksShape, tickAt } from '../../../src/core/series/tick.ts';
import type { TickValues } from '../../../src/core/series/tick-values.ts';
import { lengthOf, type Stretch } from '../../../src/core/series/ticks.ts';

/** Events, and what they are counted against, tick by tick. A tick that is missing or unusable holds 0 of both, and so says nothing. */
export type EventCounts = {
  readonly startAt: number;
  readonly stepMs: number;
  readonly bad: Float64Array;
  readonly total: Float64Array;
};

/** Larger counts are invalid: doubles cannot represent every integer above it. */
const maxEvents = Number.MAX_SAFE_INTEGER;

/** More events a unit of exposure than this (and any at all in none) are no rate. */
const maxPerUnit = 1e15;

/** The events of one tick, and what they are counted against. */
export type EventCount = { readonly bad: number; readonly total: number };

const nothing: EventCount = { bad: 0, total: 0 };

/** How many series of counts a shape holds: one, or (a histogram) one for each bound but the last; 0 for series that are no counts. */
export function countedColumns(shape: TicksShape): number {
  if (shape.kind === 'latency') return Math.max(0, shape.le.length - 1);
  return shape.kind === 'ratio' || (shape.kind === 'rate' && shape.hasExposure) ? 1 : 0;
}

/** The events of a ratio or of a rate with exposure, or the requests slower than bound `column` of a histogram. */
export function eventCountAt(tick: TickValues, column: number): EventCount {
  switch (tick.kind) {
    case 'ratio':
      return countOf(tick.bad, tick.total, true);
    case 'rate':
      return countOf(tick.count, tick.exposure, false);
    case 'latency':
      return slowerThan(tick.row, column);
    case 'value':
      return nothing;
  }
}

/** All counts of a stretch, a series for each counted column. */
export function eventCountsOf(stretch: Stretch): readonly EventCounts[] {
  const { startAt, stepMs, ticks } = stretch;
  const length = lengthOf(ticks);
  const columns = Array.from({ length: countedColumns(shapeOf(ticks)) }, () => ({
    bad: new Float64Array(length),
    total: new Float64Array(length),
  }));
  for (let i = 0; i < length; i++) {
    const tick = tickAt(ticks, i);
    for (const [column, { bad, total }] of columns.entries()) {
      const count = eventCountAt(tick, column);
      bad[i] = count.bad;
      total[i] = count.total;
    }
  }
  return columns.map((column) => ({ startAt, stepMs, ...column }));
}

function countOf(bad: number | null, total: number | null, isShare: boolean): EventCount {
  if (!isCount(bad) || !isCount(total) || (!isShare && bad > maxPerUnit * total)) return nothing;
  return { bad: isShare ? Math.min(bad, total) : bad, total };
}

function slowerThan(row: readonly number[] | null, column: number): EventCount {
  const [within, total] = [row?.[column] ?? null, row?.at(-1) ?? null];
  return isCount(within) && isCount(total) ? { bad: Math.max(0, total - within), total } : nothing;
}

function isCount(value: number | null): value is number {
  return value !== null && value >= 0 && value <= maxEvents;
}

/** Running sums, so that any window's total is one subtraction: `sums[i]` is the sum of the first `i` values. */
export function runningSums(values: Float64Array): Float64Array {
  const sums = new Float64Array(values.length + 1);
  for (let i = 0; i < values.length; i++) sums[i + 1] = (sums[i] ?? 0) + (values[i] ?? 0);
  return sums;
}
