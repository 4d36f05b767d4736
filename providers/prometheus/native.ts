import { ProviderError } from '../../src/core/base/errors.ts';
import type { Sample, Series } from '../../src/ports/provider.ts';
import type { NativeBucket, NativeSample, RawSeries } from './reply.ts';

/** A series as it is read here. `samples` of a native histogram are the counts of its observations. */
export type ReadSeries = Series & { readonly histograms?: readonly NativeSample[] | undefined };

/**
 * The series of an answer. Native histograms become buckets with the label `le`, one for each of `bounds`; without bounds only their counts are asked for.
 * A bound inside of a bucket is moved up to the end of that bucket: only there is the count exact.
 */
export function asAnswer(series: readonly ReadSeries[], bounds: readonly number[] | undefined): readonly Series[] {
  if (!series.some(({ histograms }) => histograms !== undefined)) return series;
  const le = bounds === undefined ? [] : exactBounds(bounds, nativeSamples(series));
  return series.flatMap(({ labels, instance, samples, histograms }) => {
    if (histograms === undefined || bounds === undefined) return [{ labels, instance, samples }];
    const buckets = le.map((bound) => ({
      labels: { ...labels, le: String(bound) },
      instance,
      samples: histograms.map(({ at, buckets: own }): Sample => [at, countUpTo(own, bound)]),
    }));
    return [...buckets, { labels: { ...labels, le: '+Inf' }, instance, samples }];
  });
}

function nativeSamples(series: readonly ReadSeries[]): readonly NativeSample[] {
  return series.flatMap(({ histograms }) => histograms ?? []);
}

/** The samples of a series as numbers: of a native histogram, its counts. Throws `ProviderError` for a series that was both. */
export function countsOf({ samples, histograms }: RawSeries): readonly Sample[] {
  if (histograms === undefined) return samples;
  if (samples.length > 0)
    throw new ProviderError('bad_query', 'a series changes between numbers and native histograms: neither part is whole');
  return histograms.map(({ at, count }): Sample => [at, count]);
}

/** Boundaries are computed with rounding errors. */
const tolerance = 1e-9;

function countUpTo(buckets: readonly NativeBucket[], bound: number): number {
  let count = 0;
  for (const { to, count: own } of buckets) if (to <= bound * (1 + tolerance)) count += own;
  return count;
}

/** The bounds at which all samples have an exact count: those asked for, or the next ends of buckets. Sorted, each once. */
export function exactBounds(bounds: readonly number[], samples: readonly Pick<NativeSample, 'buckets'>[]): readonly number[] {
  const buckets = samples.flatMap((sample) => sample.buckets).filter(({ from, to }) => from > 0 && Number.isFinite(to));
  const schema = commonSchema(buckets);
  const moved = bounds.map((bound) => (schema === null ? beyondBuckets(bound, buckets) : endOfBucket(bound, schema)));
  return [...new Set(moved)].sort((a, b) => a - b);
}

/** The coarsest resolution of exponential buckets: each bucket ends at `2^(2^-schema)` times its start. `null`: the bounds were chosen by hand. */
function commonSchema(buckets: readonly NativeBucket[]): number | null {
  let coarsest: number | null = null;
  for (const { from, to } of buckets) {
    const width = Math.log2(to / from);
    const schema = Math.round(-Math.log2(width));
    const steps = Math.log2(to) * 2 ** schema;
    if (Math.abs(width * 2 ** schema - 1) > 1e-6 || Math.abs(steps - Math.round(steps)) > 1e-6) return null;
    coarsest = coarsest === null ? schema : Math.min(coarsest, schema);
  }
  return coarsest;
}

function endOfBucket(bound: number, schema: number): number {
  if (bound <= 0) return bound;
  const step = Math.ceil(Math.log2(bound) * 2 ** schema - tolerance);
  const end = 2 ** (step / 2 ** schema);
  return Math.abs(end / bound - 1) < tolerance ? bound : end;
}

function beyondBuckets(bound: number, buckets: readonly NativeBucket[]): number {
  const around = buckets.find(({ from, to }) => from < bound * (1 - tolerance) && to > bound * (1 + tolerance));
  return around === undefined ? bound : beyondBuckets(around.to, buckets);
}
