import type { Chart } from '../core/chart/chart.ts';
import type { ChartMark } from '../core/chart/chart-parts.ts';
import type { Range, Scale } from './scale.ts';

/** The layout: the edges of the plot, the scales, and the ticks of the value axis. */
export type Frame = {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly x: Scale;
  readonly y: Scale;
  readonly yTicks: readonly { readonly value: number; readonly label: string }[];
  readonly times: Range;
  readonly values: Range;
};

/** `decides`: when the bake will be decided. */
export type DrawnMark = Omit<ChartMark, 'kind'> & { readonly kind: ChartMark['kind'] | 'decides' };

/** A chart with the marks of its drawing. */
export type DrawnChart = Omit<Chart, 'marks'> & { readonly marks: readonly DrawnMark[] };

/** One or more marks that lie close together, with a common text. `row`: of the text, counted from the top. */
export type Flag = {
  readonly marks: readonly DrawnMark[];
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly row: number;
};

/** A horizontal line with its text. `edge`: the value lies beyond the axis, so only the text is shown. */
export type PlacedLine = {
  readonly kind: 'limit' | 'expected';
  readonly value: number;
  readonly text: string;
  readonly edge: 'above' | 'below' | null;
};
