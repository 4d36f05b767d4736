import type { Chart } from '../core/chart/chart.ts';
import type { ChartLine } from '../core/chart/chart-parts.ts';
import { escapeText } from './escape-text.ts';
import { charWidth } from './scale.ts';
import { lineStrokes, strokes } from './strokes.ts';

type Item = { readonly stroke: string; readonly text: string; readonly x: number; readonly row: number };
export type Legend = { readonly height: number; readonly draw: (top: number) => string };

const rowHeight = 15;
const [sampleWidth, gap, maxChars] = [24, 18, 34] as const;

/** Names each line of the drawing. All limits share one entry: the axis shows which is which. */
export function legendOf({ series, lines }: Chart, width: number): Legend {
  const entries = [
    ...series.map(({ kind, label }) => ({ stroke: strokes[kind], text: label })),
    ...(['limit', 'expected'] as const).flatMap((kind) => lineEntry(kind, lines)),
  ];
  const items: Item[] = [];
  let [x, row] = [8, 0];
  for (const { stroke, text } of entries) {
    const shown = shorten(text, maxChars);
    const size = sampleWidth + 5 + [...shown].length * charWidth;
    if (x > 8 && x + size > width - 8) [x, row] = [8, row + 1];
    items.push({ stroke, text: shown, x, row });
    x += size + gap;
  }
  return { height: items.length === 0 ? 0 : (row + 1) * rowHeight, draw: (top) => items.map((item) => draw(item, top)).join('') };
}

function lineEntry(kind: ChartLine['kind'], lines: readonly ChartLine[]) {
  const text = lines.flatMap((line) => (line.kind === kind ? [line.label] : [])).join(', ');
  return text === '' ? [] : [{ stroke: lineStrokes[kind], text }];
}

function draw({ stroke, text, x, row }: Item, top: number): string {
  const y = top + (row + 1) * rowHeight - 4;
  return `<line x1="${x}" x2="${x + sampleWidth}" y1="${y - 4}" y2="${y - 4}" ${stroke}/><text x="${x + sampleWidth + 5}" y="${y}">${escapeText(text)}</text>`;
}

/** Shortens a text to at most `maxLength` characters. */
export function shorten(text: string, maxLength: number): string {
  const chars = [...text];
  return chars.length <= maxLength ? text : `${chars.slice(0, maxLength - 1).join('')}…`;
}
