import { formatTick } from '../core/chart/chart-scale.ts';
import { flagHeight, flagsOf } from './flags.ts';
import type { DrawnChart, Flag, Frame } from './layout.ts';
import { linear, numberTicks, type Range } from './scale.ts';
import { shorten, textWidth } from './text-width.ts';

const minPlotHeight = 130;
/** The height of the time axis. */
const axisHeight = 24;

export type FrameSpace = {
  readonly width: number;
  readonly height: number;
  /** The height of everything above the flags and the plot. */
  readonly above: number;
  /** The width of everything on the right of the plot. */
  readonly beside: number;
  readonly values: Range;
  /** Between two ticks of the value axis. Default: 34. */
  readonly distance?: number;
};

/** Computes the layout. Where the height is too small for the texts and a plot, the drawing becomes higher. */
export function frameOf(
  chart: DrawnChart,
  { width, height, above, beside, values, distance = 34 }: FrameSpace,
): { readonly frame: Frame; readonly flags: readonly Flag[]; readonly height: number } {
  const count = Math.max(3, Math.floor((height - above - axisHeight - flagHeight) / distance));
  const yTicks = numberTicks(values, count).map((value) => ({
    value,
    label: shorten(formatTick(chart.unit, value), width / 3 - 14),
  }));
  const left = Math.min(width / 3, 12 + Math.max(20, ...yTicks.map(({ label }) => textWidth(label))));
  const right = Math.max(left + 40, width - Math.max(beside, 10));
  const times: Range = [chart.from, chart.to > chart.from ? chart.to : chart.from + 1];
  const x = linear(times, [left, right]);
  const flags = flagsOf(chart, x, width);
  const top = above + 10 + flagHeight * Math.max(0, ...flags.map(({ row }) => row + 1));
  const whole = Math.max(height, top + minPlotHeight + axisHeight);
  const bottom = whole - axisHeight;
  return { frame: { left, right, top, bottom, x, y: linear(values, [bottom, top]), yTicks, times, values }, flags, height: whole };
}
