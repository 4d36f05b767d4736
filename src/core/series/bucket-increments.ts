import type { Series } from './answer.ts';
import { type CounterRange, incrementColumn } from './increment-column.ts';
import type { InstanceSightings } from './instance-sightings.ts';
import type { Column, Ticks } from './ticks.ts';

type BucketTicks = Extract<Ticks, { kind: 'latency' }>;

/**
 * Turns cumulative histogram buckets into events per bound and tick. Keeps only the bounds that all histograms with samples in the window share:
 * at any other bound some events would be missing. Returns `null` if the bound `+Inf`, which counts all events, is not shared. A histogram that only has
 * samples from before the window is like one without any: its instances have fallen silent. `le`: the bounds to keep instead.
 */
export function bucketIncrements(
  series: readonly Series[],
  sightings: InstanceSightings,
  range: CounterRange & { readonly le?: readonly number[] },
): BucketTicks | null {
  const buckets = series.filter((one) => bucketBound(one) !== null);
  const hasSamples = buckets.some((one) => isInWindow(one, range.window.from));
  const le = range.le ?? commonBounds(buckets, range.window.from);
  const columns = le.map((bound) =>
    incrementColumn(
      buckets.filter((one) => bucketBound(one) === bound),
      sightings,
      range,
    ),
  );
  if (le.length > 0) return le.at(-1) === Infinity ? latencyTicks(le, columns) : null;
  return hasSamples ? null : { kind: 'latency', le: [], buckets: sightings.seenTicks.map((isSeen) => (isSeen ? [] : null)) };
}

/**
 * Joins one column per bound. A tick without the count of all events is missing. Raises counts where needed, so that they never fall from one bound
 * to the next larger one.
 */
export function latencyTicks(le: readonly number[], columns: readonly Column[]): BucketTicks {
  const total = columns.at(-1) ?? [];
  const buckets = total.map((count, tick) => {
    if (count === null) return null;
    let minimum = 0;
    return columns.map((column) => {
      minimum = Math.max(minimum, column[tick] ?? 0);
      return minimum;
    });
  });
  return { kind: 'latency', le, buckets };
}

/** The upper bound of a bucket, in the unit of the metric. `null` if the series is not a bucket. */
export function bucketBound(series: Series): number | null {
  const text = series.labels.le;
  if (text === undefined || text === '') return null;
  const bound = text === '+Inf' || text === 'Inf' ? Infinity : Number(text);
  return Number.isNaN(bound) ? null : bound;
}

function commonBounds(series: readonly Series[], from: number): number[] {
  const histograms = new Map<string, Set<number>>();
  for (const one of series) {
    const bound = bucketBound(one);
    if (bound === null || !isInWindow(one, from)) continue;
    const name = histogramOf(one);
    const known = histograms.get(name);
    if (known) known.add(bound);
    else histograms.set(name, new Set([bound]));
  }
  const [first, ...others] = histograms.values();
  const common = [...(first ?? [])].filter((bound) => others.every((bounds) => bounds.has(bound)));
  return common.sort((a, b) => a - b);
}

function isInWindow({ samples }: Series, from: number): boolean {
  const last = samples.at(-1);
  return last !== undefined && last[0] > from;
}

function histogramOf(series: Series): string {
  const rest = Object.entries(series.labels).filter(([name]) => name !== 'le');
  return JSON.stringify([series.instance, rest.sort(([a], [b]) => (a < b ? -1 : 1))]);
}
