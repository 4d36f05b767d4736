import { type Stretch, sliceTicks, type Ticks } from '../series/ticks.ts';

/**
 * The least that can be compared with a limit: consecutive ticks that together hold enough samples.
 * `value` is the share of bad events (ratio), events a second or a unit of exposure (rate), the share slower than a bound (latency), or the mean (value).
 * Ticks `[from, to)` of the stretch went into it.
 */
export type Reading = { readonly value: number; readonly samples: number; readonly from: number; readonly to: number };

/** How a stretch is cut into readings. `slowerThanSec` is needed for latency only. */
export type ReadingOptions = { readonly minSamples: number; readonly slowerThanSec?: number | undefined };

/** One tick's numerator and denominator; `null` where the tick is missing or holds no usable numbers. */
export type TickSums = { readonly top: number; readonly bottom: number; readonly samples: number } | null;

/**
 * Cuts a stretch, oldest first, into readings that do not overlap: each takes just as many ticks as it needs to hold `minSamples`.
 * The cuts depend on the series alone, so restarts and late looks change nothing. What is left at the end is not a reading yet.
 */
export function readings(stretch: Stretch, options: ReadingOptions): readonly Reading[] {
  const list: Reading[] = [];
  let open = { top: 0, bottom: 0, samples: 0, from: 0, count: 0 };
  const parts = partsOf(stretch, options);
  for (const [i, part] of parts.entries()) {
    if (part === null) continue;
    open = {
      top: open.top + part.top,
      bottom: open.bottom + part.bottom,
      samples: open.samples + part.samples,
      from: open.count === 0 ? i : open.from,
      count: open.count + 1,
    };
    if (open.samples < options.minSamples || open.bottom <= 0) continue;
    const value = open.top / open.bottom;
    // Numbers too large to add up say nothing.
    if (Number.isFinite(value)) list.push({ value, samples: open.samples, from: open.from, to: i + 1 });
    open = { top: 0, bottom: 0, samples: 0, from: i + 1, count: 0 };
  }
  return list;
}

/** The whole stretch as one reading, or `null` where it holds nothing usable. `samples` may be below `minSamples`. */
export function wholeReading(stretch: Stretch, options: ReadingOptions): Reading | null {
  let [top, bottom, samples, ticks] = [0, 0, 0, 0];
  for (const part of partsOf(stretch, options)) {
    if (part === null) continue;
    [top, bottom, samples, ticks] = [top + part.top, bottom + part.bottom, samples + part.samples, ticks + 1];
  }
  return bottom > 0 && Number.isFinite(top / bottom) ? { value: top / bottom, samples, from: 0, to: ticks } : null;
}

/** Samples that are there but not yet enough for a reading: what "42 of 100 requests so far" counts. */
export function leftover(stretch: Stretch, list: readonly Reading[], options: ReadingOptions): number {
  const rest = { ...stretch, ticks: sliceTicks(stretch.ticks, list.at(-1)?.to ?? 0) };
  return wholeReading(rest, options)?.samples ?? 0;
}

/** The smallest bucket bound at or above the limit: no share above the limit can be read off a lower one. `null` where only `+Inf` is left. */
export function boundFor(ticks: Ticks, slowerThanSec: number): number | null {
  if (ticks.kind !== 'latency') return null;
  // A limit such as 0.3 and a bound parsed from "0.30000000000000004" are the same bound.
  return ticks.le.find((bound) => Number.isFinite(bound) && bound >= slowerThanSec * (1 - 1e-9)) ?? null;
}

/** The ticks of a stretch one by one, as readings add them up. */
export function partsOf({ ticks, stepMs }: Stretch, { slowerThanSec }: ReadingOptions): readonly TickSums[] {
  switch (ticks.kind) {
    case 'ratio':
      return ticks.total.map((total, i) => ratioPart(ticks.bad[i] ?? null, total));
    case 'rate':
      return ticks.count.map((count, i) => ratePart(count, ticks.exposure ? (ticks.exposure[i] ?? null) : stepMs / 1000));
    case 'latency': {
      const column = slowerThanSec === undefined ? -1 : ticks.le.indexOf(boundFor(ticks, slowerThanSec) ?? Number.NaN);
      return ticks.buckets.map((row) => latencyPart(row, column));
    }
    case 'value':
      return ticks.value.map((value) => (value !== null && Math.abs(value) <= largest ? { top: value, bottom: 1, samples: 1 } : null));
  }
}

/** More than this share of the past's requests are no slow ones. */
const mostSlow = 0.1;

/** Where nobody says what is slow: the lowest bound that at most a tenth of the past's requests exceeded, or the highest there is. */
export function usualBound({ le, buckets }: Extract<Ticks, { kind: 'latency' }>): number | null {
  const sums = le.map((_, column) => buckets.reduce((sum, row) => sum + usable(row?.[column]), 0));
  const total = sums.at(-1) ?? 0;
  const finite = le.filter((bound) => Number.isFinite(bound));
  return finite.find((_, column) => total - (sums[column] ?? 0) <= mostSlow * total) ?? finite.at(-1) ?? null;
}

function usable(count: number | undefined): number {
  return count !== undefined && count >= 0 && count <= Number.MAX_SAFE_INTEGER ? count : 0;
}

function ratioPart(bad: number | null, total: number | null): TickSums {
  if (!isCount(bad) || !isCount(total)) return null;
  return { top: Math.min(bad, total), bottom: total, samples: total };
}

function ratePart(count: number | null, exposure: number | null): TickSums {
  return isCount(count) && isCount(exposure) ? { top: count, bottom: exposure, samples: 1 } : null;
}

function latencyPart(row: readonly number[] | null, column: number): TickSums {
  const total = row?.at(-1) ?? null;
  const within = row?.[column] ?? null;
  if (!isCount(total) || !isCount(within)) return null;
  return { top: Math.max(0, total - within), bottom: total, samples: total };
}

/** Sums of numbers beyond this would no longer be numbers: such a tick holds nothing usable. */
const largest = 1e300;

function isCount(value: number | null): value is number {
  return value !== null && value >= 0 && value <= largest;
}
