import { addToReading, noReading, type OpenReading, sumsFor } from '../../src/core/judge/readings.ts';
import type { StretchShape } from '../../src/core/series/tick.ts';
import type { TickValues } from '../../src/core/series/tick-values.ts';
import type { Ticks } from '../../src/core/series/ticks.ts';

/**
 * All readings of a series so far. Of a histogram each reading keeps its whole row of buckets, because it may be known only later what is slow; of
 * other series its value. Plain JSON.
 */
export type SampleList = {
  readonly ticks: number;
  readonly open: OpenReading;
  readonly openRow: readonly number[] | null;
  readonly values: readonly number[];
  readonly rows: readonly (readonly number[])[];
};

export const noSamples: SampleList = { ticks: 0, open: noReading, openRow: null, values: [], rows: [] };

/** How ticks are added to a list. `zeroed`: no number means zero, such as of an error counter that does not exist before its first error. */
export type SampleOptions = { readonly outline: StretchShape; readonly minSamples: number; readonly zeroed: boolean };

/** A function that adds one tick. */
export function adderOf({ outline, minSamples, zeroed }: SampleOptions): (list: SampleList, tick: TickValues) => SampleList {
  const sumsOf = sumsFor(outline, undefined);
  return (list, tick) => {
    const row = tick.kind === 'latency' ? usableRow(tick.row) : null;
    const total = row?.at(-1) ?? 0;
    const sums = tick.kind !== 'latency' ? sumsOf(zeroed ? filled(tick) : tick) : row && { top: 0, bottom: total, samples: total };
    const { open, reading } = addToReading(list.open, sums, { i: list.ticks, minSamples });
    const openRow = row === null ? list.openRow : summed(list.openRow, row);
    const next = { ...list, ticks: list.ticks + 1, open };
    if (open.count > 0 || sums === null) return { ...next, openRow };
    if (reading === null) return { ...next, openRow: null };
    return openRow === null
      ? { ...next, values: [...list.values, reading.value] }
      : { ...next, openRow: null, rows: [...list.rows, openRow] };
  };
}

/** The readings as numbers; of a histogram, the shares of requests above the bound. */
export function valuesOf({ values, rows }: SampleList, le: readonly number[], bound: number | undefined): readonly number[] {
  if (bound === undefined) return values;
  const column = le.indexOf(bound);
  return rows.flatMap((row) => {
    const [total, within] = [row.at(-1) ?? 0, row[column] ?? Number.NaN];
    const share = Math.max(0, total - within) / total;
    return Number.isFinite(share) ? [share] : [];
  });
}

/** The list as a histogram: one row for each reading. */
export function histogramOf({ rows }: SampleList, le: readonly number[]): Extract<Ticks, { kind: 'latency' }> {
  return { kind: 'latency', le, buckets: rows };
}

function filled(tick: TickValues): TickValues {
  const zero = (value: number | null) => (value !== null && Number.isFinite(value) ? value : 0);
  if (tick.kind === 'rate') return { ...tick, count: zero(tick.count) };
  return tick.kind === 'value' ? { ...tick, value: zero(tick.value) } : tick;
}

function usableRow(row: readonly number[] | null): readonly number[] | null {
  return row?.every((count) => count >= 0 && count <= 1e300) ? row : null;
}

function summed(row: readonly number[] | null, more: readonly number[]): readonly number[] {
  return row === null ? more : row.map((count, i) => count + (more[i] ?? 0));
}
