import type { TickValues } from './tick-values.ts';
import { lengthOf, packed, type Stretch, type Ticks } from './ticks.ts';

/** What all ticks of a series have in common: its kind and its columns. */
export type TicksShape =
  | { readonly kind: 'ratio' }
  | { readonly kind: 'rate'; readonly hasExposure: boolean }
  | { readonly kind: 'latency'; readonly le: readonly number[] }
  | { readonly kind: 'value' };

/** A stretch without its ticks. Tick `i` covers `(startAt + i·stepMs, startAt + (i+1)·stepMs]`. */
export type StretchShape = { readonly startAt: number; readonly stepMs: number; readonly shape: TicksShape };

/** One tick of a bake, with the control's where one runs. */
export type Tick = { readonly bake: TickValues; readonly control: TickValues | null };

/** The kind and the columns of a series. */
export function shapeOf(ticks: Ticks): TicksShape {
  switch (ticks.kind) {
    case 'rate':
      return { kind: 'rate', hasExposure: 'exposure' in ticks };
    case 'latency':
      return { kind: 'latency', le: ticks.le };
    default:
      return { kind: ticks.kind };
  }
}

/** A stretch without its ticks. */
export function outlineOf({ startAt, stepMs, ticks }: Stretch): StretchShape {
  return { startAt, stepMs, shape: shapeOf(ticks) };
}

/** Tick `i`; all of its numbers are missing where the series ends before it. */
export function tickAt(ticks: Ticks, i: number): TickValues {
  const { split } = ticks;
  if (split === undefined) return wholeAt(ticks, i);
  return { ...wholeAt(ticks, i), split: new Map(split.ticks.map((one, n) => [split.values[n] ?? '', wholeAt(one, i)])) };
}

function wholeAt(ticks: Ticks, i: number): TickValues {
  const known = ticks[packed];
  if (known !== undefined) return known.at(i);
  switch (ticks.kind) {
    case 'ratio':
      return { kind: 'ratio', bad: ticks.bad[i] ?? null, total: ticks.total[i] ?? null };
    case 'rate':
      return { kind: 'rate', count: ticks.count[i] ?? null, exposure: ticks.exposure?.[i] ?? null };
    case 'latency':
      return { kind: 'latency', row: ticks.buckets[i] ?? null };
    case 'value':
      return { kind: 'value', value: ticks.value[i] ?? null };
  }
}

/** Whether the tick holds any number. */
export function hasNumbers(tick: TickValues): boolean {
  switch (tick.kind) {
    case 'ratio':
      return tick.total !== null;
    case 'rate':
      return tick.count !== null;
    case 'latency':
      return tick.row !== null;
    case 'value':
      return tick.value !== null;
  }
}

/** Gives tick `i` of a series. */
export type TickReader = (i: number) => TickValues;

/** The ticks `[from, to)` of a bake, each with the control's. */
export function* readTicks(bake: TickReader, control: TickReader | null, from: number, to: number): Generator<Tick> {
  for (let i = from; i < to; i++) yield { bake: bake(i), control: control === null ? null : control(i) };
}

/** The ticks `[from, to)` of two stretches. */
export function ticksBetween(bake: Stretch, control: Stretch | null, from: number, to = lengthOf(bake.ticks)): Iterable<Tick> {
  return readTicks((i) => tickAt(bake.ticks, i), control && ((i) => tickAt(control.ticks, i)), from, to);
}
