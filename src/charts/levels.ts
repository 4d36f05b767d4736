import type { Chart } from '../core/chart/chart.ts';
import { escapeText } from './escape-text.ts';
import type { Frame, PlacedLine } from './layout.ts';
import { round } from './scale.ts';
import { colors, lineStrokes } from './strokes.ts';
import { shorten, textWidth } from './text-width.ts';

/** The maximum width of the texts on the right of the plot, and their minimum distance. */
const maxWidth = 150;
const rowHeight = 15;

/** The width that the texts of the lines need on the right of the plot. */
export function levelsWidth(lines: readonly PlacedLine[]): number {
  return lines.length === 0 ? 0 : 16 + Math.min(maxWidth, Math.max(...lines.map(({ text }) => textWidth(text))));
}

/** Draws the lines over the width of the plot, and the bad side of the limit that a failed check broke. Single ticks of a healthy one may lie there, too. */
export function drawLevels({ lines: known, outcome }: Chart, lines: readonly PlacedLine[], frame: Frame): string {
  const { left, right, top, bottom, y, values } = frame;
  const drawn = lines.filter(({ edge }) => edge === null);
  const zones = known.flatMap(({ decides, badSide, value }) => {
    if (outcome !== 'fail' || !decides || badSide === null || !(value >= values[0] && value <= values[1])) return [];
    const [from, to] = badSide === 'above' ? [top, y(value)] : [y(value), bottom];
    return [
      `<rect x="${round(left)}" y="${round(from)}" width="${round(right - left)}" height="${round(to - from)}" fill="${colors.limit}" fill-opacity="0.1"/>`,
    ];
  });
  const strokes = drawn.map(
    ({ kind, value }) =>
      `<line x1="${round(left)}" x2="${round(right)}" y1="${round(y(value))}" y2="${round(y(value))}" ${lineStrokes[kind]}/>`,
  );
  return [...zones, ...strokes].join('');
}

/** Writes the names of the lines on the right of the plot, each next to its line or as close as there is room. */
export function drawLevelNames(lines: readonly PlacedLine[], { right, top, bottom, y }: Frame): string {
  const wanted = lines
    .map(({ value, text, edge }) => ({
      text,
      at: edge === 'above' ? top + 11 : edge === 'below' ? bottom : Math.max(top + 11, y(value) + 4),
    }))
    .toSorted((a, b) => a.at - b.at);
  // From the top down, each below the one before; then from the bottom up, so that the last one is not below the plot.
  const down: number[] = [];
  for (const { at } of wanted) down.push(Math.max(at, (down.at(-1) ?? Number.NEGATIVE_INFINITY) + rowHeight));
  let below = bottom + 4 + rowHeight;
  const places = down.toReversed().map((at) => {
    below = Math.min(at, below - rowHeight);
    return below;
  });
  return wanted
    .map(
      ({ text }, i) =>
        `<text x="${round(right + 8)}" y="${round(places[wanted.length - 1 - i] ?? 0)}">${escapeText(shorten(text, maxWidth))}</text>`,
    )
    .join('');
}
