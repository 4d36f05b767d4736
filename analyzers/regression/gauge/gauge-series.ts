import type { Stretch } from '../../../src/core/series/ticks.ts';

/** Numbers at even steps; `NaN` where there is none. */
export type GaugeSeries = { readonly startAt: number; readonly stepMs: number; readonly values: Float64Array };

/** Numbers beyond this are no measurement: squares of them overflow. */
const largest = 1e100;

/** The numbers of a value, or the events of a rate, with `NaN` for what is missing or no number; `null` for other series. */
export function gaugeOf({ ticks, startAt, stepMs }: Stretch): GaugeSeries | null {
  if (ticks.kind === 'value') return { startAt, stepMs, values: numbers(ticks.value, -largest, largest) };
  if (ticks.kind === 'rate') return { startAt, stepMs, values: numbers(ticks.count, 0, Number.MAX_SAFE_INTEGER) };
  return null;
}

function numbers(column: readonly (number | null)[], least: number, most: number): Float64Array {
  return Float64Array.from(column, (value) => (value !== null && value >= least && value <= most ? value : Number.NaN));
}

/** How a line is made coarser. `keep: 'end'`: the last tick ends where the line ends, so that a past keeps its newest numbers. `flow`: ticks are summed. */
export type Coarser = { readonly stepMs: number; readonly keep: 'start' | 'end'; readonly flow: boolean };

/**
 * The line in steps of about `stepMs`, where its own are finer: each tick the mean of those it covers, or as many events as they would be, were none
 * missing (`NaN` where fewer than half are known). A tick that is not complete is left out.
 */
export function coarsened(line: GaugeSeries, { stepMs, keep, flow }: Coarser): GaugeSeries {
  const size = Math.round(stepMs / line.stepMs);
  if (size <= 1) return line;
  const count = Math.floor(line.values.length / size);
  const first = keep === 'end' ? line.values.length - count * size : 0;
  const values = new Float64Array(count);
  for (let i = 0; i < count; i++) values[i] = (flow ? size : 1) * meanOf(line.values, first + i * size, first + (i + 1) * size);
  return { startAt: line.startAt + first * line.stepMs, stepMs: size * line.stepMs, values };
}

function meanOf(values: Float64Array, from: number, to: number): number {
  let [sum, count] = [0, 0];
  for (let i = from; i < to; i++) {
    const value = values[i] ?? Number.NaN;
    if (Number.isFinite(value)) [sum, count] = [sum + value, count + 1];
  }
  return 2 * count >= to - from ? sum / count : Number.NaN;
}
