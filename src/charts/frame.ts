import { formatNumber } from '../core/base/format-number.ts';
import type { Chart } from '../core/chart/chart.ts';
import type { ChartLine } from '../core/chart/chart-parts.ts';
import { flagHeight, flagsOf } from './flags.ts';
import type { Flag, Frame } from './layout.ts';
import { charWidth, linear, numberTicks, type Range } from './scale.ts';

/** A limit that is farther from the data than this multiple of their range is not drawn, because it would flatten the data. */
const maxDistance = 5;

const minHeight = 40;

/** Larger numbers cannot be drawn. */
const maxValue = 1e300;

/** Computes the layout. `above` is the height of everything above the flags and the plot. */
export function frameOf(
  chart: Chart,
  { width, height, above }: { readonly width: number; readonly height: number; readonly above: number },
): { readonly frame: Frame; readonly flags: readonly Flag[] } {
  const values = valuesOf(chart);
  const bottom = height - 22;
  const count = Math.max(2, Math.floor((bottom - above - flagHeight) / 30));
  const yTicks = numberTicks(values, count).map((value) => ({ value, label: `${formatNumber(value)}${chart.unit === '%' ? ' %' : ''}` }));
  const left = 14 + 1.1 * charWidth * Math.max(3, ...yTicks.map(({ label }) => label.length));
  const right = width - 14;
  const times: Range = [chart.from, chart.to > chart.from ? chart.to : chart.from + 1];
  const x = linear(times, [left, right]);
  const flags = flagsOf(chart, x, width);
  // A low drawing keeps a minimum height for the lines, even where texts overlap them.
  const top = Math.min(bottom - minHeight, above + 6 + flagHeight * Math.max(0, ...flags.map(({ row }) => row + 1)));
  return { frame: { left, right, top, bottom, x, y: linear(values, [bottom, top]), yTicks, times, values }, flags };
}

/** The range of values to draw: the data, the lines near them, and zero unless the data are far from it. */
function valuesOf({ series, lines, unit }: Chart): Range {
  const data = series.flatMap(({ points }) => points.flatMap(([, value]) => (isDrawable(value) ? [value] : [])));
  const own = rangeOf(data.length > 0 ? data : lines.map(({ value }) => value).filter(isDrawable));
  if (own === null) return [0, 1];
  const near = lines.filter((line) => isNear(line, own)).map(({ value }) => value);
  const [low, high] = rangeOf([...own, ...near]) ?? own;
  const isFromZero = low >= 0 && (unit !== '' || low < high / 2);
  const bottom = isFromZero ? 0 : low;
  const size = high - bottom || Math.abs(high) || 1;
  return [isFromZero ? 0 : bottom - size * 0.08, Math.max(high + size * 0.08, bottom + Number.MIN_VALUE * 1e6)];
}

function isNear({ value }: ChartLine, [low, high]: Range): boolean {
  const size = Math.max(high - Math.min(low, 0), high - low) || 1;
  return isDrawable(value) && value <= high + maxDistance * size && value >= low - maxDistance * size;
}

function rangeOf(values: readonly number[]): Range | null {
  return values.length === 0 ? null : [Math.min(...values), Math.max(...values)];
}

/** Returns true if the value can be drawn. */
export function isDrawable(value: number | null): value is number {
  return value !== null && Math.abs(value) <= maxValue;
}
