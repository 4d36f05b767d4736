import type { ChartPoint } from '../core/chart/chart-parts.ts';
import type { Frame } from './layout.ts';
import { round } from './scale.ts';
import { isDrawable } from './value-range.ts';

/** A line with a gap where a value is missing. A point between two gaps becomes a dot. The style sheet gives the class its colour. */
export function pathOf(points: readonly ChartPoint[], name: string, { x, y }: Pick<Frame, 'x' | 'y'>): string {
  let d = '';
  const dots: string[] = [];
  for (const [i, [at, value]] of points.entries()) {
    if (!isDrawable(value)) continue;
    const joinsBefore = isDrawable(points[i - 1]?.[1] ?? null);
    const joinsAfter = isDrawable(points[i + 1]?.[1] ?? null);
    if (joinsBefore || joinsAfter) d += `${joinsBefore ? 'L' : 'M'}${round(x(at))} ${round(y(value))}`;
    else dots.push(`<circle class="${name} dot" cx="${round(x(at))}" cy="${round(y(value))}" r="2.5"/>`);
  }
  return `${d === '' ? '' : `<path class="${name}" d="${d}"/>`}${dots.join('')}`;
}
