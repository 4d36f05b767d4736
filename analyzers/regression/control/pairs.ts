import type { Stretch } from '../../../src/core/series/ticks.ts';
import { type GaugeSeries, gaugeOf } from '../gauge/gauge-series.ts';

/** Numbers of the new release and of the old one beside it, tick by tick; `NaN` where there is none. */
export type Pairs = {
  readonly own: Float64Array;
  readonly beside: Float64Array;
  readonly stepMs: number;
  /** Running counts, after each number of ticks: of own numbers, of the control's, and of ticks with both. */
  readonly known: { readonly own: Float64Array; readonly beside: Float64Array; readonly both: Float64Array };
  /** For how many ticks the control gave the same number whenever it gave any. */
  readonly stillFor: number;
  /** Half of the smallest step of either series so far, squared, after each tick. */
  readonly resolutions: Float64Array;
};

/** Differences that doubles do not resolve. */
const resolution = 1e-9;

/** `null` where the series are no numbers. */
export function pairsOf(bake: Stretch, control: Stretch): Pairs | null {
  const [line, other] = [gaugeOf(bake), gaugeOf(control)];
  if (line === null || other === null) return null;
  const own = line.values;
  const beside = aligned(line, other);
  const isOwn = Array.from(own, (value) => (Number.isNaN(value) ? 0 : 1));
  const isBeside = Array.from(beside, (value) => (Number.isNaN(value) ? 0 : 1));
  const known = {
    own: counts(isOwn),
    beside: counts(isBeside),
    both: counts(isOwn.map((one, i) => one * (isBeside[i] ?? 0))),
  };
  return { own, beside, stepMs: line.stepMs, known, stillFor: stillFor(beside), resolutions: resolutionsOf(own, beside) };
}

/** The control at the ticks of the bake; a control that is a tick behind says nothing of that tick. */
function aligned({ values, startAt, stepMs }: GaugeSeries, control: GaugeSeries): Float64Array {
  const offset = Math.round((startAt - control.startAt) / stepMs);
  return values.map((_, i) => control.values[i + offset] ?? Number.NaN);
}

function counts(flags: readonly number[]): Float64Array {
  const sums = new Float64Array(flags.length + 1);
  for (const [i, flag] of flags.entries()) sums[i + 1] = (sums[i] ?? 0) + flag;
  return sums;
}

function stillFor(values: Float64Array): number {
  let level = Number.NaN;
  for (const [i, value] of values.entries()) {
    if (Number.isNaN(level)) level = value;
    if (Math.abs(value - level) > resolution * Math.abs(level)) return i;
  }
  return values.length;
}

function resolutionsOf(own: Float64Array, beside: Float64Array): Float64Array {
  const out = new Float64Array(own.length);
  const last = [Number.NaN, Number.NaN];
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < own.length; i++) {
    for (const [side, value] of [own[i] ?? Number.NaN, beside[i] ?? Number.NaN].entries()) {
      if (Number.isNaN(value)) continue;
      const step = Math.abs(value - (last[side] ?? Number.NaN));
      if (step > resolution * Math.abs(value)) least = Math.min(least, step);
      last[side] = value;
    }
    out[i] = Number.isFinite(least) ? (least / 2) ** 2 : 0;
  }
  return out;
}
