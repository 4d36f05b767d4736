import { formatNumber } from '../core/base/format-number.ts';
import type { Chart, ChartSeries } from '../core/chart/chart.ts';
import { isDrawable } from './frame.ts';
import { isoOf } from './scale.ts';

/** Describes a chart in words, for readers who cannot see it. */
export function describeChart({ series, lines, marks, unit, from, to }: Chart): string {
  const time = (at: number) => isoOf(at).slice(0, 19).replace('T', ' ');
  const parts = [
    `From ${time(from)} to ${time(to)} UTC`,
    ...(series.length === 0 ? ['nothing was measured'] : series.map((one) => summary(one, unit))),
    ...lines.map(({ label }) => label),
    ...marks.map(({ at, label }) => `${label} at ${time(at)}`),
  ];
  return `${parts.join('; ')}.`;
}

function summary({ label, points }: ChartSeries, unit: Chart['unit']): string {
  const values = points.map(([, value]) => value).filter(isDrawable);
  if (values.length === 0) return `${label}: no data`;
  const show = (value: number) => `${formatNumber(value)}${unit === '%' ? ' %' : unit}`;
  return `${label}: ${show(Math.min(...values))} to ${show(Math.max(...values))}, latest ${show(values.at(-1) ?? 0)}`;
}
