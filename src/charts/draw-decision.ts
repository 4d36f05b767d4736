import type { Chart } from '../core/chart/chart.ts';
import type { ChartSeries } from '../core/chart/chart-parts.ts';
import { describeChart } from './describe-chart.ts';
import { escapeText } from './escape-text.ts';
import { drawStrip, stripHeight } from './evidence-strip.ts';
import { flagHeight } from './flags.ts';
import { frameOf } from './frame.ts';
import type { DrawnChart, DrawnMark, Flag, Frame } from './layout.ts';
import { drawLevelNames, levelsWidth } from './levels.ts';
import { pathOf } from './path.ts';
import { isoOf, round } from './scale.ts';
import { seriesClass } from './series-class.ts';
import { drawSeriesLabels } from './series-labels.ts';
import { timeLabels } from './time-labels.ts';
import { toleratedBand } from './tolerated-band.ts';
import { isDrawable, placeLines, valueRange } from './value-range.ts';

/** `name` distinguishes drawings of the same chart in one document. `decidesAt`: when the bake will be decided; the drawing reaches until then. */
export type DecisionSize = { readonly width: number; readonly height: number; readonly name: string; readonly decidesAt: number | null };

/** A narrower drawing has no room for the names of its lines: the page has a legend above it. */
export const minNamed = 520;
const axisHeight = 24;

/**
 * Draws the chart of the check that decides, for a page: the style sheet of the page gives each class its colour. Times are UTC, with the instant in
 * `data-at`, so that a script can show the zone of the reader. All texts are escaped. Pure; never throws.
 */
export function drawDecision(chart: Chart, { width, height: wanted, name, decidesAt }: DecisionSize): string {
  const values = valueRange(chart);
  const lines = placeLines(chart, values);
  const isNamed = width >= minNamed;
  const strip = chart.strengths.length === 0 ? 0 : stripHeight;
  const space = { width, height: wanted - strip, above: 0, beside: isNamed ? Math.max(60, levelsWidth(lines)) : 8, values, distance: 42 };
  const shown = withDeadline({ ...chart, marks: marksToDraw(chart.marks) }, decidesAt);
  const { frame, flags, height } = frameOf(shown, space);
  const ids = `aria-labelledby="${name}-title ${name}-desc"`;
  const parts = [
    `<title id="${name}-title">${escapeText(chart.title)}</title>`,
    `<desc id="${name}-desc">${escapeText(describeChart(chart))}</desc>`,
    toleratedBand(chart, frame),
    axes(frame, frame.bottom + strip),
    ...lines
      .filter(({ edge }) => edge === null)
      .map(
        ({ kind, value }) =>
          `<line class="${kind}" x1="${round(frame.left)}" x2="${round(frame.right)}" y1="${round(frame.y(value))}" y2="${round(frame.y(value))}"/>`,
      ),
    isNamed ? `<g class="names">${drawLevelNames(lines, frame)}</g>` : '',
    drawFlags(flags, frame),
    ...chart.series.map((one) => drawSeries(one, chart, frame)),
    drawSeriesLabels(chart, frame),
    chart.series.length > 0
      ? ''
      : `<text x="${round((frame.left + frame.right) / 2)}" y="${round((frame.top + frame.bottom) / 2)}" text-anchor="middle">nothing was measured</text>`,
    strip === 0 ? '' : drawStrip(chart, frame),
  ];
  const whole = height + strip;
  return `<svg class="chart" viewBox="0 0 ${width} ${whole}" width="${width}" height="${whole}" role="img" ${ids}>${parts.join('')}</svg>`;
}

/** The rollback says that the release was judged bad, and the colour of the line that it recovered. */
function marksToDraw(marks: readonly DrawnMark[]): readonly DrawnMark[] {
  const isBack = marks.some(({ kind }) => kind === 'rolled_back');
  return marks.filter(({ kind }) => !isBack || (kind !== 'judged_bad' && kind !== 'recovered'));
}

function withDeadline(chart: DrawnChart, at: number | null): DrawnChart {
  if (at === null || at < chart.from) return chart;
  return { ...chart, to: Math.max(chart.to, at), marks: [...chart.marks, { kind: 'decides', at, label: 'decides by' }] };
}

function axes({ left, right, top, bottom, x, y, yTicks, times }: Frame, axisAt: number): string {
  const grid = yTicks.map(
    ({ value, label }) =>
      `<line class="grid" x1="${round(left)}" x2="${round(right)}" y1="${round(y(value))}" y2="${round(y(value))}"/><text class="axis" x="${round(left - 6)}" y="${round(y(value) + 4)}" text-anchor="end">${escapeText(label)}</text>`,
  );
  const hours = timeLabels({ left, right, x, times }).map(
    ({ at, label, middle }) =>
      `<line class="tick" x1="${round(x(at))}" x2="${round(x(at))}" y1="${round(axisAt)}" y2="${round(axisAt + 4)}"/><text class="axis" x="${round(middle)}" y="${round(axisAt + axisHeight - 7)}" text-anchor="middle"${clockAttributes(at, label)}>${label}</text>`,
  );
  return [...grid, `<line class="grid" x1="${round(left)}" x2="${round(left)}" y1="${round(top)}" y2="${round(bottom)}"/>`, ...hours].join(
    '',
  );
}

/** For a script that shows the time in the zone of the reader. A label that is a day stays as it is. */
function clockAttributes(at: number, label: string): string {
  if (!/^\d\d:\d\d(?::\d\d)?$/.test(label)) return '';
  return ` data-at="${isoOf(at)}" data-show="${label.length > 5 ? 'seconds' : 'clock'}"`;
}

function drawFlags(flags: readonly Flag[], { x, top, bottom }: Frame): string {
  const rows = Math.max(0, ...flags.map(({ row }) => row + 1));
  const y = (row: number) => top - 9 - (rows - 1 - row) * flagHeight;
  const lines = flags.flatMap(({ marks, row }) =>
    marks.map(
      ({ kind, at }) => `<line class="mark ${kind}" x1="${round(x(at))}" x2="${round(x(at))}" y1="${y(row) - 10}" y2="${round(bottom)}"/>`,
    ),
  );
  const texts = flags.map(({ marks, text, start, end, row }) => {
    // A text on the left of its line ends at it, however wide its font is.
    const isLeft = end <= x(marks[0]?.at ?? 0);
    const place = isLeft ? `x="${round(end - 2)}" text-anchor="end"` : `x="${round(start)}"`;
    return `<text class="mark ${marks.at(-1)?.kind ?? ''}" ${place} y="${y(row)}">${withClocks(escapeText(text), marks)}</text>`;
  });
  return [...lines, ...texts].join('');
}

function withClocks(text: string, marks: readonly DrawnMark[]): string {
  const times = new Map(marks.map(({ at }) => [` ${isoOf(at).slice(11, 16)}`, at]));
  let result = text;
  for (const [clock, at] of times)
    if (/^ \d\d:\d\d$/.test(clock))
      result = result.replaceAll(clock, ` <tspan data-at="${isoOf(at)}" data-show="clock">${clock.slice(1)}</tspan>`);
  return result;
}

/** Single points are faint where moving means are drawn over them. */
function drawSeries(series: ChartSeries, chart: Chart, frame: Frame): string {
  const { points, means } = series;
  const name = seriesClass(series, chart);
  const hasMeans = means.some(([, value]) => isDrawable(value));
  return `${hasMeans ? pathOf(points, `series ${name} faint`, frame) : ''}${pathOf(hasMeans ? means : points, `series ${name}`, frame)}`;
}
