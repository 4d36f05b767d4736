import type { TickValues } from './tick-values.ts';
import { type Column, dataTest, lengthOf, missingTicks, type Stretch, type Ticks, valueTicks } from './ticks.ts';

/** The maximum number of values of a label that are judged on their own. */
export const maxValues = 50;
/** The maximum number of values whose ticks are kept: in a bake, some may be new. */
export const maxKeptValues = 60;

/** With less traffic in a bake, a value is not judged on its own: requests, or (of a rate) events. A number needs data in half of the ticks. */
const minRequests = 50;
const minEvents = 20;
const minDataShare = 0.5;

/** Keeps the values with the most traffic of a past, and of these only the ones with enough of it for a bake of `forMs`. The names of the others stay. */
export function selectValues(past: Stretch, forMs: number): Stretch {
  const { split } = past.ticks;
  if (split === undefined) return past;
  const busy = split.values
    .map((value, i) => ({ value, ticks: split.ticks[i] ?? missingTicks(past.ticks) }))
    .filter(({ ticks }) => hasTraffic({ ...past, ticks }, forMs))
    .map((one) => ({ ...one, traffic: trafficOf(one.ticks) }))
    .toSorted((a, b) => b.traffic - a.traffic || (a.value < b.value ? -1 : 1))
    .slice(0, maxValues);
  const values = busy.map(({ value }) => value);
  const others = [...split.values, ...(split.others ?? [])].filter((value) => !values.includes(value));
  return { ...past, ticks: { ...past.ticks, split: { label: split.label, values, ticks: busy.map(({ ticks }) => ticks), others } } };
}

/** Whether a series has enough traffic in its past to be judged on its own in a bake of `forMs`. */
export function hasTraffic({ stepMs, ticks }: Stretch, forMs: number): boolean {
  const length = lengthOf(ticks);
  return trafficOf(ticks) >= minTraffic(ticks) * (ticks.kind === 'value' ? length : (length * stepMs) / forMs);
}

function minTraffic({ kind }: Ticks): number {
  return kind === 'value' ? minDataShare : kind === 'rate' ? minEvents : minRequests;
}

/** How much there is of a series: requests, events, or (of a number) ticks with data. */
function trafficOf(ticks: Ticks): number {
  switch (ticks.kind) {
    case 'ratio':
      return sumOf(ticks.total);
    case 'rate':
      return sumOf(ticks.count);
    case 'latency':
      return ticks.buckets.reduce((sum, row) => sum + (row?.at(-1) ?? 0), 0);
    case 'value':
      return ticks.value.reduce<number>((sum, _, i) => sum + (dataTest(ticks)(i) ? 1 : 0), 0);
  }
}

function sumOf(column: Column): number {
  let sum = 0;
  for (const value of column) if (value !== null && Number.isFinite(value)) sum += value;
  return sum;
}

/** The whole without some of its values, all others as one. Numbers cannot be added up: they have no rest. */
export function restOf(ticks: Ticks, values: readonly string[]): Ticks {
  const { split: _, ...whole } = ticks;
  return values.reduce<Ticks>(
    (rest, value) => withoutOne(rest, valueTicks(ticks, value)),
    whole.kind === 'value' ? missingTicks(whole) : whole,
  );
}

function withoutOne(rest: Ticks, one: Ticks | null): Ticks {
  if (one === null) return rest;
  if (rest.kind === 'ratio' && one.kind === 'ratio')
    return { kind: 'ratio', bad: minusColumn(rest.bad, one.bad), total: minusColumn(rest.total, one.total) };
  if (rest.kind === 'rate' && one.kind === 'rate') {
    const exposure = rest.exposure && { exposure: minusColumn(rest.exposure, one.exposure ?? []) };
    return { kind: 'rate', count: minusColumn(rest.count, one.count), ...exposure };
  }
  if (rest.kind === 'latency' && one.kind === 'latency')
    return { ...rest, buckets: rest.buckets.map((row, i) => minusRow(row, one.buckets[i] ?? null)) };
  return rest;
}

/** One tick of `restOf`. */
export function restAt(tick: TickValues, values: readonly string[]): TickValues {
  const { split, ...whole } = tick;
  return values.reduce<TickValues>(
    (rest, value) => withoutTick(rest, split?.get(value)),
    whole.kind === 'value' ? missingTick(whole) : whole,
  );
}

function withoutTick(rest: TickValues, one: TickValues | undefined): TickValues {
  if (rest.kind === 'ratio' && one?.kind === 'ratio')
    return { kind: 'ratio', bad: minus(rest.bad, one.bad), total: minus(rest.total, one.total) };
  if (rest.kind === 'rate' && one?.kind === 'rate')
    return { kind: 'rate', count: minus(rest.count, one.count), exposure: minus(rest.exposure, one.exposure) };
  if (rest.kind === 'latency' && one?.kind === 'latency') return { kind: 'latency', row: minusRow(rest.row, one.row) };
  return rest;
}

/** A tick of the same kind that holds nothing. */
export function missingTick({ kind }: TickValues): TickValues {
  switch (kind) {
    case 'ratio':
      return { kind, bad: null, total: null };
    case 'rate':
      return { kind, count: null, exposure: null };
    case 'latency':
      return { kind, row: null };
    case 'value':
      return { kind, value: null };
  }
}

function minusColumn(all: Column, some: Column): Column {
  return all.map((value, i) => minus(value, some[i] ?? null));
}

function minusRow(all: readonly number[] | null, some: readonly number[] | null): readonly number[] | null {
  return all === null ? null : all.map((value, i) => minus(value, some?.[i] ?? null) ?? 0);
}

/** A value is a part of the whole: less than nothing cannot be left. */
function minus(all: number | null, some: number | null): number | null {
  return all === null ? null : Math.max(0, all - (some ?? 0));
}
