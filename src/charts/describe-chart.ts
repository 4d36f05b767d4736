import type { Chart } from '../core/chart/chart.ts';
import type { ChartSeries } from '../core/chart/chart-parts.ts';
import { formatInChart } from '../core/chart/chart-scale.ts';
import { notesOf } from './header.ts';
import { isoOf } from './scale.ts';
import { isDrawable, placeLines, valueRange } from './value-range.ts';

/** Describes a chart in words, for readers who cannot see it. It says the same as the picture. */
export function describeChart(chart: Chart): string {
  const { title, caption, series, marks, unit, from, to } = chart;
  const time = (at: number) => isoOf(at).slice(0, 19).replace('T', ' ');
  const parts = [
    `${title}, from ${time(from)} to ${time(to)} UTC`,
    ...(series.length === 0 ? ['nothing was measured'] : series.map((one) => summary(one, unit))),
    ...placeLines(chart, valueRange(chart)).map(({ text }) =>
      text.replace(/^[↑↓] /, '').replace(/ (?:above|below)$/, ' (beyond the axis)'),
    ),
    ...marks.map(({ at, label }) => `${label} at ${time(at)}`),
    ...notesOf(chart),
  ];
  return `${caption === null ? '' : `${caption}. `}${parts.join('; ')}.`;
}

/** The range of the line that is seen first: the moving means, or else the points. */
function summary({ label, points, means, measured }: ChartSeries, unit: Chart['unit']): string {
  const drawn = means.some(([, value]) => isDrawable(value)) ? means : points;
  const values = drawn.map(([, value]) => value).filter(isDrawable);
  if (values.length === 0) return `${label}: no data`;
  const show = (value: number) => formatInChart(unit, value);
  const range = `${show(Math.min(...values))} to ${show(Math.max(...values))}, latest ${show(values.at(-1) ?? 0)}`;
  return `${label}: ${measured === null ? '' : `measured ${measured}, `}${range}`;
}
