import type { Chart } from '../core/chart/chart.ts';
import type { Frame } from './layout.ts';
import { round } from './scale.ts';
import { isDrawable } from './value-range.ts';

/** The range of values that the verdict tolerates: around the level before, up to the line at its harmful edge. */
export function toleratedBand({ lines }: Chart, { left, right, y, values: [low, high] }: Frame): string {
  const edge = lines.find(({ kind, decides, badSide }) => kind === 'limit' && decides && badSide !== null);
  if (edge === undefined || !isDrawable(edge.value)) return '';
  const level = lines.find(({ kind }) => kind === 'expected')?.value;
  const away = level !== undefined && isDrawable(level) ? 2 * level - edge.value : edge.badSide === 'above' ? low : high;
  const within = (value: number) => Math.min(high, Math.max(low, value));
  const [a, b] = [y(within(away)), y(within(edge.value))];
  const [from, to] = [Math.min(a, b), Math.max(a, b)];
  if (!(to > from)) return '';
  return `<rect class="tolerated" x="${round(left)}" y="${round(from)}" width="${round(right - left)}" height="${round(to - from)}"/>`;
}
