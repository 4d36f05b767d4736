import { outlineOf, type StretchShape, tickAt } from '../series/tick.ts';
import type { TickValues } from '../series/tick-values.ts';
import { lengthOf, type Stretch, type Ticks } from '../series/ticks.ts';

/**
 * The smallest unit that is compared with a limit: consecutive ticks that together hold enough samples.
 * `value` is the share of bad events (ratio), events a second or a unit of exposure (rate), the share slower than a bound (latency), or the mean (value).
 * `size`: what it is a share or a rate of: requests (ratio, latency), seconds or units of exposure (rate), ticks (value).
 * Ticks `[from, to)` of the stretch went into it.
 */
export type Reading = {
  readonly value: number;
  readonly samples: number;
  readonly size: number;
  readonly from: number;
  readonly to: number;
};

/** How a stretch is cut into readings. `slowerThan` is needed for latency only, in the unit of the bounds: seconds, unless the metric has another one. */
export type ReadingOptions = { readonly minSamples: number; readonly slowerThan?: number | undefined };

/** One tick's numerator and denominator; `null` where the tick is missing or holds no usable numbers. */
export type TickSums = { readonly top: number; readonly bottom: number; readonly samples: number } | null;

/** Ticks that are not a reading yet. `from` is the first of the `count` that hold something. */
export type OpenReading = {
  readonly top: number;
  readonly bottom: number;
  readonly samples: number;
  readonly from: number;
  readonly count: number;
};

export const noReading: OpenReading = { top: 0, bottom: 0, samples: 0, from: 0, count: 0 };

/**
 * Adds tick `i`: each reading takes the minimum number of ticks that hold `minSamples`, and readings do not overlap. The cuts depend on the series
 * alone, so restarts and late passes change nothing.
 */
export function addToReading(
  open: OpenReading,
  sums: TickSums,
  { i, minSamples }: { readonly i: number; readonly minSamples: number },
): { readonly open: OpenReading; readonly reading: Reading | null } {
  if (sums === null) return { open, reading: null };
  const next = {
    top: open.top + sums.top,
    bottom: open.bottom + sums.bottom,
    samples: open.samples + sums.samples,
    from: open.count === 0 ? i : open.from,
    count: open.count + 1,
  };
  if (next.samples < minSamples || next.bottom <= 0) return { open: next, reading: null };
  const value = next.top / next.bottom;
  // The sum overflowed: there is no reading.
  const reading = Number.isFinite(value) ? { value, samples: next.samples, size: next.bottom, from: next.from, to: i + 1 } : null;
  return { open: { ...noReading, from: i + 1 }, reading };
}

/** Cuts a stretch, oldest first, into readings. Remaining ticks at the end form no reading. */
export function readings(stretch: Stretch, options: ReadingOptions): readonly Reading[] {
  const list: Reading[] = [];
  let open = noReading;
  for (const [i, sums] of tickSums(stretch, options.slowerThan).entries()) {
    const added = addToReading(open, sums, { i, minSamples: options.minSamples });
    open = added.open;
    if (added.reading !== null) list.push(added.reading);
  }
  return list;
}

/** The whole stretch as one reading, or `null` where it holds nothing usable. `samples` may be below `minSamples`. */
export function wholeReading(stretch: Stretch, slowerThan: number | undefined): Reading | null {
  let [top, bottom, samples, ticks] = [0, 0, 0, 0];
  for (const sums of tickSums(stretch, slowerThan)) {
    if (sums === null) continue;
    [top, bottom, samples, ticks] = [top + sums.top, bottom + sums.bottom, samples + sums.samples, ticks + 1];
  }
  return bottom > 0 && Number.isFinite(top / bottom) ? { value: top / bottom, samples, size: bottom, from: 0, to: ticks } : null;
}

/** The smallest bucket bound at or above the limit: no share above the limit can be read off a lower one. `null` where only `+Inf` is left. */
export function boundFor(le: readonly number[], slowerThan: number): number | null {
  // A limit of 0.3 and a bound of 0.30000000000000004 are the same bound.
  return le.find((bound) => Number.isFinite(bound) && bound >= slowerThan * (1 - 1e-9)) ?? null;
}

/** The ticks of a stretch one by one, as readings add them up. */
export function tickSums(stretch: Stretch, slowerThan: number | undefined): readonly TickSums[] {
  const sumsOf = sumsFor(outlineOf(stretch), slowerThan);
  return Array.from({ length: lengthOf(stretch.ticks) }, (_, i) => sumsOf(tickAt(stretch.ticks, i)));
}

/** How one tick of a series is added to a reading. */
export function sumsFor({ shape, stepMs }: StretchShape, slowerThan: number | undefined): (tick: TickValues) => TickSums {
  const bound = shape.kind === 'latency' && slowerThan !== undefined ? boundFor(shape.le, slowerThan) : null;
  const column = shape.kind === 'latency' && bound !== null ? shape.le.indexOf(bound) : -1;
  const hasExposure = shape.kind === 'rate' && shape.hasExposure;
  return (tick) => {
    switch (tick.kind) {
      case 'ratio':
        return ratioSums(tick.bad, tick.total);
      case 'rate':
        return rateSums(tick.count, hasExposure ? tick.exposure : stepMs / 1000);
      case 'latency':
        return latencySums(tick.row, column);
      case 'value':
        return tick.value !== null && Math.abs(tick.value) <= maxValue ? { top: tick.value, bottom: 1, samples: 1 } : null;
    }
  };
}

/** Maximum share of past requests that may count as slow. */
const maxSlowShare = 0.1;

/** Where the rule does not say what is slow: the lowest bound that at most a tenth of the past's requests exceeded, or the highest there is. */
export function defaultBound({ le, buckets }: Extract<Ticks, { kind: 'latency' }>): number | null {
  const sums = le.map((_, column) => buckets.reduce((sum, row) => sum + usableCount(row?.[column]), 0));
  const total = sums.at(-1) ?? 0;
  const finite = le.filter((bound) => Number.isFinite(bound));
  return finite.find((_, column) => total - (sums[column] ?? 0) <= maxSlowShare * total) ?? finite.at(-1) ?? null;
}

function usableCount(count: number | undefined): number {
  return count !== undefined && count >= 0 && count <= Number.MAX_SAFE_INTEGER ? count : 0;
}

function ratioSums(bad: number | null, total: number | null): TickSums {
  if (!isCount(bad) || !isCount(total)) return null;
  return { top: Math.min(bad, total), bottom: total, samples: total };
}

function rateSums(count: number | null, exposure: number | null): TickSums {
  return isCount(count) && isCount(exposure) ? { top: count, bottom: exposure, samples: 1 } : null;
}

function latencySums(row: readonly number[] | null, column: number): TickSums {
  const total = row?.at(-1) ?? null;
  const within = row?.[column] ?? null;
  if (!isCount(total) || !isCount(within)) return null;
  return { top: Math.max(0, total - within), bottom: total, samples: total };
}

/** Sums of larger numbers would overflow: such a tick holds nothing usable. */
const maxValue = 1e300;

function isCount(value: number | null): value is number {
  return value !== null && value >= 0 && value <= maxValue;
}
