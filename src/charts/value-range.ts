import type { Chart } from '../core/chart/chart.ts';
import type { ChartLine } from '../core/chart/chart-parts.ts';
import type { PlacedLine } from './layout.ts';
import type { Range } from './scale.ts';

/** Larger numbers, and smaller ranges, cannot be drawn. */
const maxValue = 1e300;
const minHigh = 1e-300;

/** A line of a verdict that is farther from the data than this multiple of their range is not drawn, because it would flatten the data. */
const maxDistance = { failed: 20, open: 1 };

/** The axis covers at least this share of its highest value: a metric that hardly changes looks so. */
const minSpan = 0.1;

/** Empty space above and below. */
const padding = 0.08;

/** The range of values to draw: the data, the lines of the verdict that decided, and zero unless the data are far from it. */
export function valueRange({ series, lines, unit, outcome }: Chart): Range {
  const data = series.flatMap(({ points, means }) => [...points, ...means].map(([, value]) => value).filter(isDrawable));
  const own = rangeOf(data.length > 0 ? data : lines.map(({ value }) => value).filter(isDrawable));
  if (own === null) return [0, 1];
  const times = outcome === 'fail' ? maxDistance.failed : maxDistance.open;
  const needed = lines.filter((line) => line.decides && isNear(line, own, times)).map(({ value }) => value);
  const [low, high] = rangeOf([...own, ...needed]) ?? own;
  // A share that hardly changes looks calm above zero. Zero means little for other numbers.
  const isCalm = unit === '%' && needed.length === 0 && high - low < minSpan * high;
  if (low >= 0 && (low <= high / 2 || isCalm)) return [0, capped(high < minHigh ? 1 : high * (1 + padding), high, unit)];
  const size = Math.max(high - low, minSpan * Math.max(Math.abs(high), Math.abs(low)), minHigh);
  const middle = low / 2 + high / 2;
  const [bottom, top] = [middle - size * (0.5 + padding), middle + size * (0.5 + padding)];
  return [low >= 0 ? Math.max(0, bottom) : bottom, capped(top, high, unit)];
}

/** No share is above 100 %. */
function capped(top: number, high: number, unit: Chart['unit']): number {
  return unit === '%' && high <= 100 ? Math.min(top, 100) : top;
}

/** The lines to draw, and those beyond the axis, which are only named. */
export function placeLines({ lines }: Chart, [low, high]: Range): readonly PlacedLine[] {
  return lines.flatMap(({ kind, value, label }): readonly PlacedLine[] => {
    if (Number.isNaN(value)) return [];
    const edge = value > high ? 'above' : value < low ? 'below' : null;
    return [{ kind, value, edge, text: edge === null ? label : `${edge === 'above' ? '↑' : '↓'} ${label} ${edge}` }];
  });
}

function isNear({ value }: ChartLine, [low, high]: Range, times: number): boolean {
  const size = Math.max(high - Math.min(low, 0), high - low) || 1;
  return isDrawable(value) && value <= high + times * size && value >= low - times * size;
}

function rangeOf(values: readonly number[]): Range | null {
  return values.length === 0 ? null : [Math.min(...values), Math.max(...values)];
}

/** Returns true if the value can be drawn. */
export function isDrawable(value: number | null): value is number {
  return value !== null && Math.abs(value) <= maxValue;
}
