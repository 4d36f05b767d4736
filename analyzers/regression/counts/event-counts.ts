import type { Column, Stretch, Ticks } from '../../../src/core/series/ticks.ts';

/** Events and what they are counted against, tick by tick; a tick that is missing or unusable holds 0 of both and so says nothing. */
export type EventCounts = {
  readonly startAt: number;
  readonly stepMs: number;
  readonly bad: Float64Array;
  readonly total: Float64Array;
};

/** Counts above this are no counts: beyond it doubles skip whole numbers. */
const mostEvents = Number.MAX_SAFE_INTEGER;

/** More events a unit of exposure than this (and any at all in none) are no rate. */
const mostPerUnit = 1e15;

/** The events of a ratio, or of a rate with exposure; `null` for other series. */
export function eventCountsOf({ ticks, startAt, stepMs }: Stretch): EventCounts | null {
  if (ticks.kind === 'ratio') return { startAt, stepMs, ...pair(ticks.bad, ticks.total, true) };
  if (ticks.kind === 'rate' && ticks.exposure) return { startAt, stepMs, ...pair(ticks.count, ticks.exposure, false) };
  return null;
}

/** The requests slower than each bound of a histogram; `[]` where it has no bounds. */
export function slowCountsByBound({ ticks, startAt, stepMs }: Stretch): readonly EventCounts[] {
  if (ticks.kind !== 'latency') return [];
  return ticks.le.slice(0, -1).map((_, column) => ({ startAt, stepMs, ...slowerThan(ticks, column) }));
}

function pair(bad: Column, total: Column, isShare: boolean): Pick<EventCounts, 'bad' | 'total'> {
  const [x, n] = [new Float64Array(total.length), new Float64Array(total.length)];
  for (let i = 0; i < total.length; i++) {
    const [events, of] = [bad[i] ?? Number.NaN, total[i] ?? Number.NaN];
    if (!isCount(events) || !isCount(of) || (!isShare && events > mostPerUnit * of)) continue;
    n[i] = of;
    x[i] = isShare ? Math.min(events, of) : events;
  }
  return { bad: x, total: n };
}

function slowerThan({ buckets }: Extract<Ticks, { kind: 'latency' }>, column: number): Pick<EventCounts, 'bad' | 'total'> {
  const [x, n] = [new Float64Array(buckets.length), new Float64Array(buckets.length)];
  for (let i = 0; i < buckets.length; i++) {
    const row = buckets[i];
    const [within, of] = [row?.[column] ?? Number.NaN, row?.at(-1) ?? Number.NaN];
    if (!isCount(within) || !isCount(of)) continue;
    n[i] = of;
    x[i] = Math.max(0, of - within);
  }
  return { bad: x, total: n };
}

function isCount(value: number): boolean {
  return value >= 0 && value <= mostEvents;
}

/** Running sums, so that any window's total is one subtraction: `sums[i]` is the sum of the first `i` values. */
export function runningSums(values: Float64Array): Float64Array {
  const sums = new Float64Array(values.length + 1);
  for (let i = 0; i < values.length; i++) sums[i + 1] = (sums[i] ?? 0) + (values[i] ?? 0);
  return sums;
}
