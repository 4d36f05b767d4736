import type { GaugeModel } from '../calibration.ts';
import { nth } from '../math/quantiles.ts';
import type { GaugeSeries } from './gauge-series.ts';

/** How numbers are turned into those that are judged, and back. */
export type NumberScale = { readonly to: (value: number) => number; readonly from: (scaled: number) => number };

/** What is added to every number, as a share of the reference: 0 is far down, and not infinitely far. */
const started = 0.01;
/** What is less than this share of the reference is 0, but for rounding. */
const resolution = 1e-9;

/**
 * The started logarithm (Tukey 1977) of multiples of a reference, plus 1: a fall to a half is about as far as one from a half to a quarter. The same in
 * every unit. Numbers below 0 count as 0.
 */
export function logScale(reference: number): NumberScale {
  const start = started * reference;
  return {
    to: (value) => 1 + Math.log((Math.max(0, value) + start) / (reference + start)),
    from: (scaled) => {
      const value = (reference + start) * Math.exp(scaled - 1) - start;
      return value > resolution * reference ? value : 0;
    },
  };
}

const asItIs: NumberScale = { to: (value) => value, from: (scaled) => scaled };

/** The scale on which a model judges. */
export function scaleOf(model: GaugeModel): NumberScale {
  return model.law === 'log' ? logScale(model.reference) : asItIs;
}

/** The share of the numbers that may be 0: a restart is no habit. */
const maxZeros = 0.01;

/** The median of the numbers; `null` without numbers, and where one is negative or more than a few are 0: a fall cannot be taken for a factor then. */
export function referenceOf({ values }: GaugeSeries): number | null {
  const known = values.filter((value) => !Number.isNaN(value));
  const at = (share: number) => (known.length === 0 ? 0 : nth(known, Math.floor(known.length * share)));
  const [least, low, middle] = [at(0), at(maxZeros), at(0.5)];
  return least >= 0 && low > 0 && middle > Number.MIN_VALUE / started ? middle : null;
}

export function scaled(series: GaugeSeries, { to }: NumberScale): GaugeSeries {
  return { ...series, values: series.values.map(to) };
}
