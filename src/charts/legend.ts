import type { Chart } from '../core/chart/chart.ts';
import { escapeText } from './escape-text.ts';
import type { PlacedLine } from './layout.ts';
import { lineStrokes, strokeOf } from './strokes.ts';
import { shorten, textWidth } from './text-width.ts';

type Item = { readonly stroke: string; readonly text: string; readonly x: number; readonly row: number; readonly isBold: boolean };
export type Legend = { readonly height: number; readonly draw: (top: number) => string };

const rowHeight = 17;
const [sampleWidth, gap] = [22, 14] as const;

export type LegendSpace = { readonly width: number; readonly margin: number };

/** Names each series, with what was measured, and the lines `lines`. */
export function legendOf({ series, outcome }: Chart, lines: readonly PlacedLine[], { width, margin }: LegendSpace): Legend {
  const entries = [
    ...series.map(({ kind, label, measured }) => ({
      stroke: strokeOf(kind, outcome),
      text: measured === null ? label : `${label}: ${measured}`,
      isBold: kind === 'release',
    })),
    ...lines.map(({ kind, text, edge }) => ({ stroke: edge === null ? lineStrokes[kind] : '', text, isBold: false })),
  ];
  const items: Item[] = [];
  let [x, row]: [number, number] = [margin, 0];
  for (const { stroke, text, isBold } of entries) {
    const sample = stroke === '' ? 0 : sampleWidth + 5;
    const shown = shorten(text, width - 2 * margin - sample - (isBold ? 12 : 0));
    const size = sample + textWidth(shown) * (isBold ? 1.1 : 1);
    if (x > margin && x + size > width - margin) [x, row] = [margin, row + 1];
    items.push({ stroke, text: shown, x, row, isBold });
    x += size + gap;
  }
  return { height: items.length === 0 ? 0 : (row + 1) * rowHeight, draw: (top) => items.map((item) => draw(item, top)).join('') };
}

function draw({ stroke, text, x, row, isBold }: Item, top: number): string {
  const y = top + (row + 1) * rowHeight - 4;
  const sample =
    stroke === '' ? '' : `<line x1="${Math.round(x)}" x2="${Math.round(x) + sampleWidth}" y1="${y - 4}" y2="${y - 4}" ${stroke}/>`;
  const start = Math.round(x) + (stroke === '' ? 0 : sampleWidth + 5);
  return `${sample}<text x="${start}" y="${y}"${isBold ? ' font-weight="600"' : ''}>${escapeText(text)}</text>`;
}
