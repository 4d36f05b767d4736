import { readStretch } from '../../../src/core/recording/read-recording.ts';
import type { RecordedCheck, Recording } from '../../../src/core/recording/recording.ts';
import type { Stretch } from '../../../src/core/series/ticks.ts';

/** One question to the metrics server: a number, not a number (nothing to divide by), or no answer at all. */
export type Reading = number | null;

/** What the rules of others are shown of a check: one number an interval, as a query over that interval would give it. */
export type Asked = {
  readonly kind: RecordedCheck['kind'];
  readonly direction: RecordedCheck['direction'];
  /** Seconds between questions. */
  readonly every: number;
  readonly bake: readonly Reading[];
  readonly history: readonly Reading[];
  readonly control: readonly Reading[] | null;
};

/** The checks of a recording as numbers, asked once a minute or once a tick, whichever is longer. A latency is its quantile, in seconds. */
export function askAll(recording: Recording, quantile: number): readonly Asked[] {
  return recording.checks.map((check) => {
    const stepMs = check.step * 1000;
    const every = Math.max(60, check.step);
    const read = (ticks: RecordedCheck['bake'], own: number) =>
      cut(readStretch(check, ticks, { startAt: 0, stepMs: own }), every * 1000, quantile);
    return {
      kind: check.kind,
      direction: check.direction,
      every,
      bake: read(check.bake, stepMs),
      history: check.history ? read(check.history, (check.history.step ?? check.step) * 1000) : [],
      control: check.control ? read(check.control, stepMs) : null,
    };
  });
}

function cut({ ticks, stepMs }: Stretch, everyMs: number, quantile: number): readonly Reading[] {
  const size = Math.max(1, Math.round(everyMs / stepMs));
  switch (ticks.kind) {
    case 'ratio':
      return groups(ticks.total, size).map((of, i) => divide(sum(ticks.bad.slice(i * size, (i + 1) * size)), sum(of)));
    case 'rate': {
      const { exposure } = ticks;
      return groups(ticks.count, size).map((of, i) =>
        divide(sum(of), exposure ? sum(exposure.slice(i * size, (i + 1) * size)) : (of.length * stepMs) / 1000),
      );
    }
    case 'value':
      return groups(ticks.value, size).map((of) => divide(sum(of), of.filter((value) => value !== null).length));
    case 'latency':
      return groups(ticks.buckets, size).map((rows) => quantileOf(rows, ticks.le, quantile));
  }
}

function groups<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}

function sum(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((a, b) => a + b, 0);
}

function divide(top: number | null, bottom: number | null): Reading {
  return top === null || bottom === null ? null : top / bottom;
}

/** As `histogram_quantile` does it: linear within the bucket, and the last finite bound where it lies beyond. */
function quantileOf(rows: readonly (readonly number[] | null)[], le: readonly number[], quantile: number): Reading {
  const known = rows.filter((row) => row !== null);
  if (known.length === 0) return null;
  const counts = le.map((_, column) => known.reduce((total, row) => total + (row[column] ?? 0), 0));
  const rank = quantile * (counts.at(-1) ?? 0);
  if (rank === 0) return Number.NaN;
  const column = counts.findIndex((count) => count >= rank);
  const [low, high] = [le[column - 1] ?? 0, le[column] ?? 0];
  if (!Number.isFinite(high)) return low;
  const below = counts[column - 1] ?? 0;
  return low + ((high - low) * (rank - below)) / Math.max(1e-12, (counts[column] ?? 0) - below);
}
