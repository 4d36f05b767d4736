import { formatDuration } from '../core/base/duration.ts';
import type { Chart } from '../core/chart/chart.ts';
import { escapeText } from './escape-text.ts';
import { isoOf } from './scale.ts';
import { textSize, titleSize, wrap } from './text-width.ts';

export type Header = { readonly height: number; readonly svg: string };

const titleHeight = 18;
const noteHeight = 16;

/** `hasCaption`: the page shows the caption above the drawing. */
export type HeaderSpace = { readonly width: number; readonly margin: number; readonly hasCaption: boolean };

/** The caption as title, then what the values are, the day, and how the values were smoothed. */
export function headerOf(chart: Chart, { width, margin, hasCaption }: HeaderSpace): Header {
  const { title, caption, to } = chart;
  const room = width - 2 * margin;
  const isCaptioned = caption !== null && hasCaption;
  const bold = isCaptioned ? [] : wrap(caption ?? title, { width: room, size: titleSize, maxLines: 3 });
  const notes = [...(caption === null ? [] : [title]), `${isoOf(to).slice(0, 10)} UTC`, ...notesOf(chart)].join(' · ');
  const small = wrap(notes, { width: room, size: textSize, maxLines: 3 });
  const top = bold.length * titleHeight;
  const texts = [
    ...bold.map(
      (line, i) => `<text x="${margin}" y="${15 + i * titleHeight}" font-size="${titleSize}" font-weight="600">${escapeText(line)}</text>`,
    ),
    ...small.map((line, i) => `<text x="${margin}" y="${top + 13 + i * noteHeight}" fill-opacity="0.8">${escapeText(line)}</text>`),
  ];
  return { height: top + small.length * noteHeight + 4, svg: texts.join('') };
}

/** Longer ticks and means make a line look calmer, so the drawing says how long they are. */
export function notesOf({ series, meansMs }: Chart): readonly string[] {
  const before = series.find(({ kind }) => kind === 'before');
  const release = series.find(({ kind }) => kind === 'release');
  const isLonger = before !== undefined && release !== undefined && before.tickMs > release.tickMs;
  return [
    ...(isLonger ? [`before: ${formatDuration(before.tickMs)} a point`] : []),
    ...(meansMs === null ? [] : [`thick lines: ${formatDuration(meansMs)} means`]),
  ];
}
