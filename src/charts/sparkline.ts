import type { Chart } from '../core/chart/chart.ts';
import { pathOf } from './path.ts';
import { linear } from './scale.ts';
import { isDrawable } from './value-range.ts';

const [width, height] = [120, 24] as const;

/** The values since the deploy as a small line, without axes. Where there are none, a dotted line: never a flat one. Hidden from screen readers: the row says the value. */
export function sparkline(chart: Pick<Chart, 'series'> | null): string {
  const points = (chart?.series ?? []).filter(({ kind }) => kind === 'release' || kind === 'recovery').flatMap((one) => one.points);
  const known = points.filter(([, value]) => isDrawable(value));
  const values = known.map(([, value]) => value ?? 0);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const [from, to] = [known[0]?.[0] ?? 0, known.at(-1)?.[0] ?? 0];
  const isEmpty = known.length < 2 || !(to > from);
  const flat = high > low ? [low, high] : [low - 1, high + 1];
  const scales = { x: linear([from, to], [2, width - 2]), y: linear([flat[0] ?? 0, flat[1] ?? 1], [height - 3, 3]) };
  const line = isEmpty
    ? `<line class="spark none" x1="2" x2="${width - 2}" y1="${height / 2}" y2="${height / 2}"/>`
    : pathOf(points, 'spark', scales);
  return `<svg class="sparkline" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" aria-hidden="true">${line}</svg>`;
}
