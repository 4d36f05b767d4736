import { tickAt } from '../../../src/core/series/tick.ts';
import type { TickValues } from '../../../src/core/series/tick-values.ts';
import { lengthOf, type Stretch } from '../../../src/core/series/ticks.ts';

/** Numbers at even steps; `NaN`: missing. */
export type GaugeSeries = { readonly startAt: number; readonly stepMs: number; readonly values: Float64Array };

/** Larger numbers are no measurement: their squares overflow. */
const maxValue = 1e100;

/** The number of a tick of a value, or the events of a rate; `NaN` where it is missing or no number, and for other series. */
export function gaugeAt(tick: TickValues): number {
  if (tick.kind === 'value') return within(tick.value, -maxValue, maxValue);
  return tick.kind === 'rate' ? within(tick.count, 0, Number.MAX_SAFE_INTEGER) : Number.NaN;
}

/** All numbers of a stretch; `null` for series that are no numbers. */
export function gaugeOf({ ticks, startAt, stepMs }: Stretch): GaugeSeries | null {
  if (ticks.kind !== 'value' && ticks.kind !== 'rate') return null;
  return { startAt, stepMs, values: Float64Array.from({ length: lengthOf(ticks) }, (_, i) => gaugeAt(tickAt(ticks, i))) };
}

function within(value: number | null, min: number, max: number): number {
  return value !== null && value >= min && value <= max ? value : Number.NaN;
}

/** How a series is made coarser. `keep: 'end'`: the last tick ends where the series ends, so that a past keeps its newest numbers. `flow`: ticks are summed. */
export type Coarser = { readonly stepMs: number; readonly keep: 'start' | 'end'; readonly flow: boolean };

/** How many ticks of `stepMs` make one of `coarseMs`; 1 where they are not finer. */
export function sizeOf(stepMs: number, coarseMs: number): number {
  return Math.max(1, Math.round(coarseMs / stepMs));
}

/**
 * The series in steps of about `stepMs`, where its own are finer: each tick the mean of those it covers, or the events scaled up for missing
 * ticks (`NaN` where fewer than half are known). A tick that is not complete is left out.
 */
export function coarsened(series: GaugeSeries, { stepMs, keep, flow }: Coarser): GaugeSeries {
  const size = sizeOf(series.stepMs, stepMs);
  if (size === 1) return series;
  const count = Math.floor(series.values.length / size);
  const first = keep === 'end' ? series.values.length - count * size : 0;
  const values = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    let open = noTicks;
    for (let k = 0; k < size; k++) open = addToCoarse(open, series.values[first + i * size + k] ?? Number.NaN);
    values[i] = coarseValue(open, { size, flow });
  }
  return { startAt: series.startAt + first * series.stepMs, stepMs: size * series.stepMs, values };
}

/** Fine ticks collected for the next coarse tick. Plain JSON. */
export type OpenTick = { readonly ticks: number; readonly sum: number; readonly known: number };

export const noTicks: OpenTick = { ticks: 0, sum: 0, known: 0 };

/** Adds a fine tick (`NaN`: missing). */
export function addToCoarse({ ticks, sum, known }: OpenTick, value: number): OpenTick {
  return Number.isFinite(value) ? { ticks: ticks + 1, sum: sum + value, known: known + 1 } : { ticks: ticks + 1, sum, known };
}

/** The coarse tick of `size` fine ones; of one, that tick. */
export function coarseValue({ sum, known }: OpenTick, { size, flow }: { readonly size: number; readonly flow: boolean }): number {
  if (2 * known < size) return Number.NaN;
  return (flow ? size : 1) * (sum / known);
}
