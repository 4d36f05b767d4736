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

export type Flag = { readonly mark: ChartMark; readonly text: string; readonly start: number; readonly end: number; readonly row: number };
