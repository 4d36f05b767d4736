import type { TickValues } from './tick-values.ts';

/** One number per tick. `null` is a missing tick (not scraped, no answer), which is not the same as 0. */
export type Column = readonly (number | null)[];

/** The key of `PackedTicks`. It is not enumerable: what is made out of packed ticks is not packed. */
export const packed = Symbol('packed');

/** How to read one tick of columns that are unpacked, all at once, when somebody reads them. */
export type PackedTicks = { readonly length: number; readonly at: (i: number) => TickValues };

/** The readings of a check, tick by tick. All columns have the same length. `split`: the same for single values of a label (`by`). */
export type Ticks = { readonly split?: SplitTicks; readonly [packed]?: PackedTicks } & (
  | { readonly kind: 'ratio'; readonly bad: Column; readonly total: Column }
  | { readonly kind: 'rate'; readonly count: Column; readonly exposure?: Column }
  | { readonly kind: 'latency'; readonly le: readonly number[]; readonly buckets: readonly (readonly number[] | null)[] }
  | { readonly kind: 'value'; readonly value: Column }
);

/**
 * The readings of single values of a label, next to those of all values together. Each has the kind and the length of the whole, and no split of its own.
 * Not every value need be in it: others are counted in the whole alone.
 */
export type SplitTicks = {
  readonly label: string;
  readonly values: readonly string[];
  readonly ticks: readonly Ticks[];
  /** Other values that are known to exist; of a past only. */
  readonly others?: readonly string[];
};

/** The bad events and all events of each tick. */
export type RatioTicks = Extract<Ticks, { kind: 'ratio' }>;

/** What a check measures: a share, events, a histogram or a number. */
export type TicksKind = Ticks['kind'];

/** Ticks with their position in time: tick `i` covers `(startAt + i·stepMs, startAt + (i+1)·stepMs]`. */
export type Stretch = { readonly startAt: number; readonly stepMs: number; readonly ticks: Ticks };

/** The number of ticks. */
export function lengthOf(ticks: Ticks): number {
  const known = ticks[packed];
  if (known !== undefined) return known.length;
  switch (ticks.kind) {
    case 'ratio':
      return ticks.total.length;
    case 'rate':
      return ticks.count.length;
    case 'latency':
      return ticks.buckets.length;
    case 'value':
      return ticks.value.length;
  }
}

/** Tells for each tick whether it holds data: a number, or (of a share or a latency) at least one request. */
export function dataTest(ticks: Ticks): (i: number) => boolean {
  switch (ticks.kind) {
    case 'ratio':
      return (i) => ticks.bad[i] != null && (ticks.total[i] ?? 0) > 0;
    case 'rate':
      return (i) => Number.isFinite(ticks.count[i] ?? Number.NaN) && (ticks.exposure === undefined || (ticks.exposure[i] ?? 0) > 0);
    case 'latency':
      return (i) => (ticks.buckets[i]?.at(-1) ?? 0) > 0;
    case 'value':
      return (i) => Number.isFinite(ticks.value[i] ?? Number.NaN);
  }
}

/** Ticks `[from, to)`, with the rules of `Array.prototype.slice`. */
export function sliceTicks(ticks: Ticks, from: number, to?: number): Ticks {
  return mapTicks(ticks, (one) => slice(one, from, to));
}

/** Changes the whole and each value of its split in the same way. */
export function mapTicks(ticks: Ticks, change: (ticks: Ticks) => Ticks): Ticks {
  const { split, ...whole } = ticks;
  return split === undefined ? change(ticks) : { ...change(whole), split: { ...split, ticks: split.ticks.map(change) } };
}

function slice(ticks: Ticks, from: number, to: number | undefined): Ticks {
  switch (ticks.kind) {
    case 'ratio':
      return { ...ticks, bad: ticks.bad.slice(from, to), total: ticks.total.slice(from, to) };
    case 'rate':
      return { ...ticks, count: ticks.count.slice(from, to), ...(ticks.exposure && { exposure: ticks.exposure.slice(from, to) }) };
    case 'latency':
      return { ...ticks, buckets: ticks.buckets.slice(from, to) };
    case 'value':
      return { ...ticks, value: ticks.value.slice(from, to) };
  }
}

/** The first `length` ticks of a stretch. */
export function upTo(stretch: Stretch, length: number): Stretch {
  return lengthOf(stretch.ticks) <= length ? stretch : { ...stretch, ticks: sliceTicks(stretch.ticks, 0, length) };
}

/**
 * Appends `more` to `ticks`. Returns `null` if they differ in kind or, for latency, share no bucket bound. A value that only one of the two has in its
 * split is missing in the other.
 */
export function appendTicks(ticks: Ticks, more: Ticks): Ticks | null {
  const whole = appendWhole(ticks, more);
  const label = (more.split ?? ticks.split)?.label;
  if (whole === null || label === undefined) return whole;
  const values = [...new Set([...valuesOf(ticks, label), ...valuesOf(more, label)])];
  const parts = values.map((value) =>
    appendWhole(valueTicks(ticks, value) ?? missingTicks(ticks), valueTicks(more, value) ?? missingTicks(more)),
  );
  const known = parts.flatMap((part, i) => (part === null ? [] : [[values[i] ?? '', part] as const]));
  const others = [...new Set([...(ticks.split?.others ?? []), ...(more.split?.others ?? [])])].filter((value) => !values.includes(value));
  const names = { label, values: known.map(([value]) => value), ...(others.length > 0 && { others }) };
  return { ...whole, split: { ...names, ticks: known.map(([, part]) => part) } };
}

function valuesOf({ split }: Ticks, label: string): readonly string[] {
  return split?.label === label ? split.values : [];
}

/** The readings of one value of a split; `null` where it has none. */
export function valueTicks({ split }: Ticks, value: string): Ticks | null {
  return split?.ticks[split.values.indexOf(value)] ?? null;
}

/** Ticks of the same kind and length, all of them missing. */
export function missingTicks(like: Ticks): Ticks {
  const column = new Array<null>(lengthOf(like)).fill(null);
  switch (like.kind) {
    case 'ratio':
      return { kind: 'ratio', bad: column, total: column };
    case 'rate':
      return { kind: 'rate', count: column, ...(like.exposure && { exposure: column }) };
    case 'latency':
      return { kind: 'latency', le: like.le, buckets: column };
    case 'value':
      return { kind: 'value', value: column };
  }
}

function appendWhole(ticks: Ticks, more: Ticks): Ticks | null {
  if (ticks.kind === 'ratio' && more.kind === 'ratio') {
    return { kind: 'ratio', bad: [...ticks.bad, ...more.bad], total: [...ticks.total, ...more.total] };
  }
  if (ticks.kind === 'rate' && more.kind === 'rate') {
    const exposure = ticks.exposure && more.exposure ? { exposure: [...ticks.exposure, ...more.exposure] } : {};
    return { kind: 'rate', count: [...ticks.count, ...more.count], ...exposure };
  }
  if (ticks.kind === 'latency' && more.kind === 'latency') return appendLatency(ticks, more);
  if (ticks.kind === 'value' && more.kind === 'value') return { kind: 'value', value: [...ticks.value, ...more.value] };
  return null;
}

/** What tells whether ticks can follow others: their kind and their columns. */
export type TicksColumns =
  | { readonly kind: 'ratio' | 'value' }
  | { readonly kind: 'rate'; readonly exposure?: unknown }
  | { readonly kind: 'latency'; readonly le: readonly number[] };

/** Whether `appendTicks` can join the two. */
export function canAppend(ticks: TicksColumns, more: TicksColumns): boolean {
  if (ticks.kind !== 'latency' || more.kind !== 'latency') return ticks.kind === more.kind;
  return ticks.le.length === 0 || more.le.length === 0 || ticks.le.some((bound) => more.le.includes(bound));
}

/** Whether the two have the same kind and the same columns, so that one can grow by the other as it is. */
export function haveSameColumns(a: TicksColumns, b: TicksColumns): boolean {
  if (a.kind === 'latency' && b.kind === 'latency') return a.le.length === b.le.length && a.le.every((bound, i) => bound === b.le[i]);
  if (a.kind === 'rate' && b.kind === 'rate') return 'exposure' in a === 'exposure' in b;
  return a.kind === b.kind;
}

type LatencyTicks = Extract<Ticks, { kind: 'latency' }>;

// Ticks without any answer have no bounds (`le` is empty) and take those of the other side. If a release changes its buckets in the middle of a bake,
// the bounds that both sides share are kept: the count at a bound does not depend on the other bounds.
function appendLatency(a: LatencyTicks, b: LatencyTicks): LatencyTicks | null {
  if (a.le.length === 0 || b.le.length === 0)
    return { kind: 'latency', le: a.le.length === 0 ? b.le : a.le, buckets: [...a.buckets, ...b.buckets] };
  const le = a.le.filter((bound) => b.le.includes(bound));
  return le.length === 0 ? null : { kind: 'latency', le, buckets: [...keepBounds(a, le), ...keepBounds(b, le)] };
}

function keepBounds({ le: from, buckets }: LatencyTicks, le: readonly number[]): LatencyTicks['buckets'] {
  if (le.length === from.length) return buckets;
  const columns = le.map((bound) => from.indexOf(bound));
  return buckets.map((row) => row && columns.map((column) => row[column] ?? 0));
}
