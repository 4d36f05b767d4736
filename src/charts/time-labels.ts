import type { Frame } from './layout.ts';
import { timeTicks } from './scale.ts';
import { textWidth } from './text-width.ts';

/** A tick of the time axis. `middle`: of its label, which stays within the drawing. */
export type TimeLabel = { readonly at: number; readonly label: string; readonly middle: number };

/** The distances of ticks, from dense to sparse: labels with a date or seconds need more room. */
const distances = [56, 80, 110] as const;
const gap = 8;

/** As many ticks of the time axis as have room. */
export function timeLabels({ left, right, x, times }: Pick<Frame, 'left' | 'right' | 'x' | 'times'>): readonly TimeLabel[] {
  const placed = (distance: number) =>
    timeTicks(times, Math.max(2, Math.floor((right - left) / distance))).map(({ at, label }): TimeLabel => {
      const half = textWidth(label) / 2;
      return { at, label, middle: Math.min(Math.max(x(at), half + 2), right + 8 - half) };
    });
  const hasRoom = (labels: readonly TimeLabel[]) =>
    labels.every((one, i) => {
      const next = labels[i + 1];
      return next === undefined || next.middle - one.middle >= (textWidth(one.label) + textWidth(next.label)) / 2 + gap;
    });
  for (const distance of distances) {
    const labels = placed(distance);
    if (hasRoom(labels)) return labels;
  }
  return placed(distances[2]).slice(0, 1);
}
