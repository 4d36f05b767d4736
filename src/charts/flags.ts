import type { Chart } from '../core/chart/chart.ts';
import { escapeText } from './escape-text.ts';
import type { Flag, Frame } from './layout.ts';
import { charWidth, isoOf } from './scale.ts';
import { colors } from './strokes.ts';

export const flagHeight = 13;

/** Places the marks as flags. A flag that would cover an earlier one goes to the next row, so that no line crosses a text. */
export function flagsOf({ marks }: Chart, x: Frame['x'], right: number): readonly Flag[] {
  const flags: Flag[] = [];
  for (const mark of marks.toSorted((a, b) => a.at - b.at)) {
    const text = `${mark.label} ${isoOf(mark.at).slice(11, 16)}`;
    const size = text.length * charWidth + 4;
    const start = Math.max(0, Math.min(x(mark.at) + 3, right - size));
    const row = Math.max(-1, ...flags.filter(({ end }) => end + 4 > start).map((flag) => flag.row)) + 1;
    flags.push({ mark, text, start, end: start + size, row });
  }
  return flags;
}

/** Draws the flags. The texts have an outline in the color of the background, in case a line crosses them. */
export function drawFlags(flags: readonly Flag[], { x, top, bottom }: Frame, background: string): string {
  const rows = Math.max(0, ...flags.map(({ row }) => row + 1));
  const y = (row: number) => top - 4 - (rows - 1 - row) * flagHeight;
  const lines = flags.map(({ mark, row }) => {
    const at = Math.round(x(mark.at) * 10) / 10;
    const ink = mark.kind === 'judged_bad' ? colors.limit : 'currentColor';
    return `<line x1="${at}" x2="${at}" y1="${y(row) - 9}" y2="${bottom}" stroke="${ink}" stroke-opacity="0.6"/>`;
  });
  const texts = flags.map(
    ({ text, start, row }) =>
      `<text x="${Math.round(start)}" y="${y(row)}" stroke="${background}" stroke-width="3" paint-order="stroke">${escapeText(text)}</text>`,
  );
  return [...lines, ...texts].join('');
}
