import type { ChartMark } from '../core/chart/chart-parts.ts';
import type { Range, Scale } from './scale.ts';

/** Where everything goes: the plot's edges, the scales, and the round numbers on the axis of values. */
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
