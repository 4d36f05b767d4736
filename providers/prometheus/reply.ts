import { ProviderError } from '../../src/core/base/errors.ts';
import type { Labels, Sample } from '../../src/ports/provider.ts';
import { badResponse } from '../refusal.ts';
import type { BuildInfo } from './flavor.ts';

/** One series in the order in which Prometheus sends it; times in milliseconds. `histograms`: its samples that are native histograms. */
export type RawSeries = { readonly metric: Labels; readonly samples: readonly Sample[]; readonly histograms?: readonly NativeSample[] };

/** A native histogram at one time: the number of observations, and those in each bucket that has any. */
export type NativeSample = { readonly at: number; readonly count: number; readonly buckets: readonly NativeBucket[] };

/** The observations above `from`, up to and with `to`. */
export type NativeBucket = { readonly from: number; readonly to: number; readonly count: number };

/**
 * A successful answer of any endpoint of the API. `partial` says why it is not whole, or is `null`: Thanos and Mimir list what they could not reach in
 * `warnings`; a VictoriaMetrics cluster sets `isPartial`. In a partial answer a missing series is unknown, not 0.
 */
export type ApiReply = { readonly data: unknown; readonly partial: PartialReason | null };

/** `isQueryFault`: Prometheus warns of the query itself, so a retry cannot help. */
type PartialReason = { readonly words: string; readonly isQueryFault: boolean };

/** Parses the frame of a successful answer. Throws `ProviderError` (`bad_response`). */
export function parseReply(text: string): ApiReply {
  const reply = parseJson(text);
  if (!isObject(reply) || reply.status !== 'success') throw invalid('its status is not "success"');
  return { data: reply.data, partial: partialReason(reply) };
}

/**
 * Parses the data of the query API: a matrix, a vector, or a scalar (one series without labels).
 * Throws `ProviderError`: `bad_query` for strings, `bad_response` for everything else that it cannot parse.
 */
export function parseSeries(data: unknown): readonly RawSeries[] {
  if (!isObject(data)) throw invalid('it holds no data');
  const { resultType, result } = data;
  if (resultType === 'scalar') return [{ metric: {}, samples: [toSample(result)] }];
  if (resultType === 'string') throw new ProviderError('bad_query', 'the query returns a string, not numbers');
  if ((resultType !== 'matrix' && resultType !== 'vector') || !Array.isArray(result)) throw invalid('its result type is unknown');
  return result.map((entry) => toSeries(entry));
}

/** Parses the data of the metadata API: the type of a metric, such as `counter`; `null` where the server does not know it. */
export function parseMetricType(data: unknown, metric: string): string | null {
  if (!isObject(data)) throw invalid('it holds no metadata');
  const entries = data[metric];
  const types = Array.isArray(entries)
    ? entries.map((entry) => (isObject(entry) && typeof entry.type === 'string' ? entry.type : 'unknown'))
    : [];
  const known = new Set(types.filter((type) => type !== 'unknown' && type !== 'untyped'));
  const [only = null] = known.size === 1 ? known : [];
  return only;
}

/** Parses the data of the series API: the labels of each series. Throws `ProviderError` (`bad_response`). */
export function parseLabelSets(data: unknown): readonly Labels[] {
  if (!Array.isArray(data)) throw invalid('it holds no list of series');
  return data.map((labels) => {
    if (!isLabels(labels)) throw invalid('a series has no labels');
    return labels;
  });
}

/** Parses the answer to a question about the values of a label. */
export function parseNames(data: unknown): readonly string[] {
  if (!Array.isArray(data) || !data.every((name) => typeof name === 'string')) throw invalid('a list of names is expected');
  return data;
}

/** Parses the data of the build information. Other servers leave parts out. */
export function parseBuild(data: unknown): BuildInfo {
  const { application, version } = isObject(data) ? data : {};
  return { application: typeof application === 'string' ? application : '', version: typeof version === 'string' ? version : '' };
}

// Hints about a query, which older versions of Prometheus list as warnings too, are ignored.
function partialReason({ warnings, isPartial }: Readonly<Record<string, unknown>>): PartialReason | null {
  const listed = [warnings ?? []].flat().map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
  const counted = listed.filter((warning) => !warning.startsWith('PromQL info:'));
  if (isPartial !== true && counted.length === 0) return null;
  const isQueryFault = isPartial !== true && counted.every((warning) => warning.startsWith('PromQL warning:'));
  return { words: counted.join('; ') || 'it could not reach all of its data', isQueryFault };
}

/** Parses an error answer of the API; `null` where the text is something else, such as the page of a proxy. */
export function parseError(text: string): { readonly type: string; readonly message: string } | null {
  try {
    const reply = JSON.parse(text);
    if (!isObject(reply) || reply.status !== 'error') return null;
    return { type: String(reply.errorType ?? ''), message: String(reply.error ?? '') };
  } catch {
    return null; // Prometheus itself always sends JSON.
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid('it is not JSON'); // The message of the parser would quote the body.
  }
}

function toSeries(entry: unknown): RawSeries {
  if (!isObject(entry) || !isLabels(entry.metric)) throw invalid('a series has no labels');
  const { metric, values, value, histograms, histogram } = entry;
  const natives = listOf(histograms, histogram).map((pair) => toNativeSample(pair));
  const numbers = listOf(values, value).map((pair) => toSample(pair));
  if (natives.length === 0 && values === undefined && value === undefined) throw invalid('a series has no values');
  return { metric, samples: numbers, ...(natives.length > 0 && { histograms: natives }) };
}

/** A matrix has a list, a vector one value. */
function listOf(many: unknown, one: unknown): readonly unknown[] {
  if (many !== undefined && !Array.isArray(many)) throw invalid('a series has no list of values');
  return one === undefined ? (many ?? []) : [...(many ?? []), one];
}

function toNativeSample(pair: unknown): NativeSample {
  const [seconds, histogram] = Array.isArray(pair) ? pair : [];
  if (typeof seconds !== 'number' || !isObject(histogram) || typeof histogram.count !== 'string')
    throw invalid('a native histogram has no count');
  const buckets = listOf(histogram.buckets, undefined).map((bucket): NativeBucket => {
    if (!Array.isArray(bucket)) throw invalid('a bucket is not a list');
    const [, from, to, count] = bucket.map((part) => (typeof part === 'string' ? toNumber(part) : Number.NaN));
    if (from === undefined || to === undefined || count === undefined) throw invalid('a bucket has no bounds');
    return { from, to, count };
  });
  return { at: Math.round(seconds * 1_000), count: toNumber(histogram.count), buckets };
}

function toSample(pair: unknown): Sample {
  if (!Array.isArray(pair)) throw invalid('a sample is not a time and a value');
  const seconds: unknown = pair[0];
  const value: unknown = pair[1];
  if (typeof seconds !== 'number' || typeof value !== 'string') throw invalid('a sample is not a time and a value');
  return [Math.round(seconds * 1_000), toNumber(value)];
}

function toNumber(text: string): number {
  if (text === '+Inf') return Infinity;
  if (text === '-Inf') return -Infinity;
  const value = Number(text);
  if (text === '' || (Number.isNaN(value) && text !== 'NaN')) throw invalid('a value is not a number');
  return value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isLabels(value: unknown): value is Labels {
  return isObject(value) && Object.values(value).every((label) => typeof label === 'string');
}

function invalid(what: string): ProviderError {
  return badResponse('Prometheus', what);
}
