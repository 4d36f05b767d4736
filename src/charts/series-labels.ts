import type { Chart } from '../core/chart/chart.ts';
import type { ChartPoint, ChartSeries } from '../core/chart/chart-parts.ts';
import { escapeText } from './escape-text.ts';
import type { Frame } from './layout.ts';
import { round } from './scale.ts';
import { seriesClass } from './series-class.ts';
import { shorten, textWidth } from './text-width.ts';
import { isDrawable } from './value-range.ts';

type Label = { readonly text: string; readonly name: string; readonly left: number; readonly right: number; readonly y: number };

const [rowHeight, distance] = [14, 9] as const;

/** Writes what was measured next to the line of each release, where there is room: above the line, or else below it. */
export function drawSeriesLabels(chart: Chart, frame: Frame): string {
  const labels: Label[] = [];
  for (const series of chart.series) {
    if (series.kind === 'before') continue;
    const label = placeOf(series, seriesClass(series, chart), { frame, taken: labels });
    if (label !== null) labels.push(label);
  }
  return labels
    .map(({ text, name, left, y }) => `<text class="value ${name}" x="${round(left)}" y="${round(y)}">${escapeText(text)}</text>`)
    .join('');
}

type Room = { readonly frame: Frame; readonly taken: readonly Label[] };

function placeOf({ label, points, means, measured }: ChartSeries, name: string, { frame, taken }: Room): Label | null {
  const { left: start, right: end, top, bottom, x, y } = frame;
  const line = means.some(([, value]) => isDrawable(value)) ? means : points;
  const known = line.flatMap(([at, value]: ChartPoint) => (isDrawable(value) ? [[x(at), y(value)] as const] : []));
  const [first, last] = [known[0], known.at(-1)];
  if (first === undefined || last === undefined) return null;
  const text = shorten(measured === null ? label : `${label}: ${measured}`, (end - start) / 2);
  // Bold text is wider.
  const width = textWidth(text) * 1.1;
  const left = Math.max(start + 2, Math.min((first[0] + last[0] - width) / 2, end - width - 2));
  const near = known.filter(([px]) => px >= left - 4 && px <= left + width + 4).map(([, py]) => py);
  const heights = near.length === 0 ? [last[1]] : near;
  const places = [Math.min(...heights) - distance, Math.max(...heights) + distance + 10];
  const fits = places.find(
    (at) =>
      at - rowHeight >= top - 4 &&
      at <= bottom - 3 &&
      taken.every((other) => other.right + 4 < left || left + width + 4 < other.left || Math.abs(other.y - at) >= rowHeight),
  );
  return fits === undefined ? null : { text, name, left, right: left + width, y: fits };
}
