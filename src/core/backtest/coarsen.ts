import { ceilTo } from '../base/window.ts';
import { type Column, lengthOf, mapTicks, type Stretch, sliceTicks, type Ticks } from '../series/ticks.ts';

/** Adds up each `times` ticks into one, aligned to multiples of the coarser step, as a server does for a long past. Incomplete ticks are dropped. */
export function coarsen(stretch: Stretch, times: number): Stretch {
  if (times <= 1) return stretch;
  const stepMs = stretch.stepMs * times;
  const startAt = ceilTo(stretch.startAt, stepMs);
  const skip = Math.round((startAt - stretch.startAt) / stretch.stepMs);
  const count = Math.max(0, Math.floor((lengthOf(stretch.ticks) - skip) / times));
  return { startAt, stepMs, ticks: mapTicks(sliceTicks(stretch.ticks, skip, skip + count * times), (ticks) => together(ticks, times)) };
}

function together(ticks: Ticks, times: number): Ticks {
  switch (ticks.kind) {
    case 'ratio':
      return { ...ticks, bad: sums(ticks.bad, times), total: sums(ticks.total, times) };
    case 'rate':
      return { ...ticks, count: sums(ticks.count, times), ...(ticks.exposure && { exposure: sums(ticks.exposure, times) }) };
    case 'latency':
      return { ...ticks, buckets: groups(ticks.buckets, times).map(rowSum) };
    case 'value':
      return { ...ticks, value: groups(ticks.value, times).map((group) => group.findLast((value) => value !== null) ?? null) };
  }
}

function sums(column: Column, times: number): Column {
  return groups(column, times).map((group) => {
    let sum: number | null = null;
    for (const value of group) if (value !== null) sum = (sum ?? 0) + value;
    return sum;
  });
}

function rowSum(rows: readonly (readonly number[] | null)[]): readonly number[] | null {
  let sum: number[] | null = null;
  for (const row of rows) if (row !== null) sum = row.map((count, i) => (sum?.[i] ?? 0) + count);
  return sum;
}

function groups<T>(list: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: list.length / size }, (_, i) => list.slice(i * size, (i + 1) * size));
}
