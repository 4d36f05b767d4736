import type { Chart } from '../core/chart/chart.ts';
import type { ChartPoint, ChartSeries } from '../core/chart/chart-parts.ts';
import { describeChart } from './describe-chart.ts';
import { escapeText } from './escape-text.ts';
import { drawFlags } from './flags.ts';
import { frameOf } from './frame.ts';
import { headerOf } from './header.ts';
import type { Frame } from './layout.ts';
import { legendOf } from './legend.ts';
import { drawLevelNames, drawLevels, levelsWidth } from './levels.ts';
import { round } from './scale.ts';
import { colorOf, faintStrokeOf, strokeOf } from './strokes.ts';
import { textSize } from './text-width.ts';
import { timeLabels } from './time-labels.ts';
import { isDrawable, placeLines, valueRange } from './value-range.ts';

/**
 * `page` takes the colors of the page around it, so the chart is readable on light and dark pages. `light` and `dark` have a background of their own, for
 * charts outside of a page.
 */
export type ChartTheme = 'page' | 'light' | 'dark';

/** `name` distinguishes drawings of the same chart in one document. */
export type ChartSize = { readonly width: number; readonly height: number; readonly theme?: ChartTheme; readonly name?: string };

const themes: Readonly<Record<ChartTheme, { readonly ink: string; readonly background: string }>> = {
  page: { ink: 'currentColor', background: 'Canvas' },
  light: { ink: '#1f2328', background: '#ffffff' },
  dark: { ink: '#e6edf3', background: '#0d1117' },
};

/** A narrower drawing has the names of its lines in the legend, because there is no room for them next to the plot. */
const minWide = 520;

/** Draws a chart as an SVG without scripts, style sheets and fonts. All texts are escaped. Pure; never throws. */
export function drawChart(chart: Chart, { width, height: wanted, theme = 'page', name = '' }: ChartSize): string {
  const { ink, background } = themes[theme];
  const values = valueRange(chart);
  const lines = placeLines(chart, values);
  const isWide = width >= minWide;
  const margin = theme === 'page' ? 1 : 10;
  const header = headerOf(chart, { width, margin, hasCaption: theme === 'page' });
  const legend = legendOf(chart, isWide ? [] : lines, { width, margin });
  const space = { width, height: wanted, above: header.height + legend.height, beside: isWide ? levelsWidth(lines) : 0, values };
  const { frame, flags, height } = frameOf(chart, space);
  const id = `chart-${name}${[...chart.check].map((char) => (/[a-z0-9]/i.test(char) ? char : `_${char.codePointAt(0)?.toString(36)}_`)).join('')}`;
  const parts = [
    `<title id="${id}-title">${escapeText(chart.title)}</title>`,
    `<desc id="${id}-desc">${escapeText(describeChart(chart))}</desc>`,
    theme === 'page' ? '' : `<rect width="${width}" height="${height}" fill="${background}"/>`,
    header.svg,
    legend.draw(header.height),
    axes(frame),
    drawLevels(chart, lines, frame),
    isWide ? drawLevelNames(lines, frame) : '',
    drawFlags(flags, frame, background),
    ...chart.series.map((one) => drawSeries(one, chart, frame)),
    chart.series.length > 0
      ? ''
      : `<text x="${round((frame.left + frame.right) / 2)}" y="${round((frame.top + frame.bottom) / 2)}" text-anchor="middle" stroke="${background}" stroke-width="4" paint-order="stroke">nothing was measured</text>`,
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="${id}-title ${id}-desc" font-family="system-ui, sans-serif" font-size="${textSize}" fill="${ink}" color="${ink}">${parts.join('')}</svg>`;
}

function axes({ left, right, top, bottom, x, y, yTicks, times }: Frame): string {
  const grid = yTicks.map(
    ({ value, label }) =>
      `${rule([left, y(value), right, y(value)], 0.15)}<text x="${round(left - 6)}" y="${round(y(value) + 4)}" text-anchor="end">${escapeText(label)}</text>`,
  );
  const hours = timeLabels({ left, right, x, times }).map(
    ({ at, label, middle }) =>
      `${rule([x(at), bottom, x(at), bottom + 4], 0.5)}<text x="${round(middle)}" y="${round(bottom + 17)}" text-anchor="middle">${label}</text>`,
  );
  return [...grid, rule([left, bottom, right, bottom], 0.5), ...hours, rule([left, top, left, bottom], 0.15)].join('');
}

function rule([x1, y1, x2, y2]: readonly [number, number, number, number], opacity: number): string {
  return `<line x1="${round(x1)}" x2="${round(x2)}" y1="${round(y1)}" y2="${round(y2)}" stroke="currentColor" stroke-opacity="${opacity}"/>`;
}

/** Single points are faint where moving means are drawn over them. */
function drawSeries({ kind, points, means }: ChartSeries, { outcome }: Chart, frame: Frame): string {
  const color = colorOf(kind, outcome);
  const hasMeans = means.some(([, value]) => isDrawable(value));
  if (!hasMeans) return path(points, { stroke: strokeOf(kind, outcome), color }, frame);
  return `${path(points, { stroke: faintStrokeOf(kind, outcome), color: 'none' }, frame)}${path(means, { stroke: strokeOf(kind, outcome), color }, frame)}`;
}

/** A line with a gap where a value is missing. A point between two gaps becomes a dot. */
function path(points: readonly ChartPoint[], { stroke, color }: { stroke: string; color: string }, { x, y }: Frame): string {
  let d = '';
  const dots: string[] = [];
  for (const [i, [at, value]] of points.entries()) {
    if (!isDrawable(value)) continue;
    const joinsBefore = isDrawable(points[i - 1]?.[1] ?? null);
    const joinsAfter = isDrawable(points[i + 1]?.[1] ?? null);
    if (joinsBefore || joinsAfter) d += `${joinsBefore ? 'L' : 'M'}${round(x(at))} ${round(y(value))}`;
    else if (color !== 'none') dots.push(`<circle cx="${round(x(at))}" cy="${round(y(value))}" r="2.5" fill="${color}"/>`);
  }
  return `${d === '' ? '' : `<path d="${d}" fill="none" stroke-linejoin="round" ${stroke}/>`}${dots.join('')}`;
}
