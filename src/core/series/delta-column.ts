import { tickCount, tickOf, type Window } from '../base/window.ts';
import type { Sample, Series } from './answer.ts';
import type { Column } from './ticks.ts';

/** Events per tick, summed over all series. A tick without a finite sample is missing. Negative values (from extrapolation) count as 0. */
export function deltaColumn(series: readonly Series[], window: Window): Column {
  const column = new Array<number | null>(tickCount(window)).fill(null);
  for (const { samples } of series) {
    for (const [at, value] of samples) {
      const tick = tickOf(window, at);
      if (tick >= 0 && tick < column.length && Number.isFinite(value)) column[tick] = (column[tick] ?? 0) + Math.max(0, value);
    }
  }
  return column;
}

/** The last number of each tick, `NaN` and infinities included. A tick without a sample is missing. */
export function lastColumn(samples: readonly Sample[], window: Window): Column {
  const column = new Array<number | null>(tickCount(window)).fill(null);
  for (const [at, value] of samples) {
    const tick = tickOf(window, at);
    if (tick >= 0 && tick < column.length) column[tick] = value;
  }
  return column;
}

/** The mean over all series of their last numbers of each tick. A tick without a finite number is missing. */
export function meanColumn(series: readonly Series[], window: Window): Column {
  const columns = series.map(({ samples }) => lastColumn(samples, window));
  return Array.from({ length: tickCount(window) }, (_, tick) => {
    const known = columns.flatMap((column) => column[tick] ?? []).filter(Number.isFinite);
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
  });
}
