import type { Chart, ChartSeries } from '../core/chart/chart.ts';
import type { ChartLine } from '../core/chart/chart-parts.ts';
import { describeChart } from './describe-chart.ts';
import { escapeText } from './escape-text.ts';
import { drawFlags } from './flags.ts';
import { frameOf, isDrawable } from './frame.ts';
import type { Frame } from './layout.ts';
import { legendOf, shorten } from './legend.ts';
import { charWidth, isoOf, timeTicks } from './scale.ts';
import { colors, lineStrokes, strokes } from './strokes.ts';

/**
 * `page` takes the colors of the page around it, so the chart is readable on light and dark pages. `light` and `dark` have a background of their own, for
 * charts outside of a page.
 */
export type ChartTheme = 'page' | 'light' | 'dark';

export type ChartSize = { readonly width: number; readonly height: number; readonly theme?: ChartTheme };

const themes: Readonly<Record<ChartTheme, { readonly ink: string; readonly background: string }>> = {
  page: { ink: 'currentColor', background: 'Canvas' },
  light: { ink: '#1f2328', background: '#ffffff' },
  dark: { ink: '#e6edf3', background: '#0d1117' },
};

const titleHeight = 22;

/** Draws a chart as an SVG without scripts, style sheets and fonts. All texts are escaped. Pure; never throws. */
export function drawChart(chart: Chart, { width, height, theme = 'page' }: ChartSize): string {
  const { ink, background } = themes[theme];
  const legend = legendOf(chart, width);
  const { frame, flags } = frameOf(chart, { width, height, above: titleHeight + legend.height });
  const id = `chart-${[...chart.check].map((char) => (/[a-z0-9]/i.test(char) ? char : `_${char.codePointAt(0)?.toString(36)}_`)).join('')}`;
  const parts = [
    `<title id="${id}-title">${escapeText(chart.title)}</title>`,
    `<desc id="${id}-desc">${escapeText(describeChart(chart))}</desc>`,
    theme === 'page' ? '' : `<rect width="${width}" height="${height}" fill="${background}"/>`,
    header(chart, width),
    legend.draw(titleHeight),
    axes(frame),
    ...chart.lines.map((line) => level(line, frame)),
    drawFlags(flags, frame, background),
    ...chart.series.map((one) => path(one, frame)),
    chart.series.length > 0
      ? ''
      : `<text x="${(frame.left + frame.right) / 2}" y="${(frame.top + frame.bottom) / 2}" text-anchor="middle" stroke="${background}" stroke-width="4" paint-order="stroke">nothing was measured</text>`,
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="${id}-title ${id}-desc" font-family="system-ui, sans-serif" font-size="11" fill="${ink}" color="${ink}">${parts.join('')}</svg>`;
}

function header({ title, to }: Chart, width: number): string {
  const day = `${isoOf(to).slice(0, 10)} UTC`;
  const maxChars = Math.max(8, Math.floor((width - 24 - day.length * charWidth) / 7.2));
  return `<text x="8" y="15" font-size="13" font-weight="600">${escapeText(shorten(title, maxChars))}</text><text x="${width - 8}" y="15" text-anchor="end">${day}</text>`;
}

function axes({ left, right, top, bottom, x, y, yTicks, times }: Frame): string {
  const grid = yTicks.map(
    ({ value, label }) =>
      `${rule([left, y(value), right, y(value)], 0.15)}<text x="${round(left - 6)}" y="${round(y(value) + 4)}" text-anchor="end">${label}</text>`,
  );
  const hours = timeTicks(times, Math.max(2, Math.floor((right - left) / 80))).map(
    ({ at, label }) =>
      `${rule([x(at), bottom, x(at), bottom + 4], 0.5)}<text x="${round(x(at))}" y="${round(bottom + 16)}" text-anchor="${x(at) + (label.length * charWidth) / 2 > right + 12 ? 'end' : 'middle'}">${label}</text>`,
  );
  return [...grid, rule([left, bottom, right, bottom], 0.5), ...hours, rule([left, top, left, bottom], 0.15)].join('');
}

function rule([x1, y1, x2, y2]: readonly [number, number, number, number], opacity: number): string {
  return `<line x1="${round(x1)}" x2="${round(x2)}" y1="${round(y1)}" y2="${round(y2)}" stroke="currentColor" stroke-opacity="${opacity}"/>`;
}

/** A limit far away from the data is not drawn. The legend names it. */
function level({ kind, value }: ChartLine, { left, right, y, values: [low, high] }: Frame): string {
  if (!isDrawable(value) || value < low || value > high) return '';
  return `<line x1="${round(left)}" x2="${round(right)}" y1="${round(y(value))}" y2="${round(y(value))}" ${lineStrokes[kind]}/>`;
}

/** The line of a series, with a gap where a value is missing. A point between two gaps becomes a dot. */
function path({ kind, points }: ChartSeries, { x, y }: Frame): string {
  let d = '';
  const dots: string[] = [];
  for (const [i, [at, value]] of points.entries()) {
    if (!isDrawable(value)) continue;
    const joinsBefore = isDrawable(points[i - 1]?.[1] ?? null);
    const joinsAfter = isDrawable(points[i + 1]?.[1] ?? null);
    if (joinsBefore || joinsAfter) d += `${joinsBefore ? 'L' : 'M'}${round(x(at))} ${round(y(value))}`;
    else dots.push(`<circle cx="${round(x(at))}" cy="${round(y(value))}" r="2.5" fill="${colors[kind]}"/>`);
  }
  return `${d === '' ? '' : `<path d="${d}" fill="none" stroke-linejoin="round" ${strokes[kind]}/>`}${dots.join('')}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
