import { ProviderError } from '../../src/core/base/errors.ts';
import type { Labels, Sample } from '../../src/ports/provider.ts';
import { badResponse } from '../refusal.ts';

/** One series in the order in which Prometheus sends it; times in milliseconds. */
export type RawSeries = { readonly metric: Labels; readonly samples: readonly Sample[] };

/**
 * Parses a successful answer of the query API: a matrix, a vector, or a scalar (one series without labels). Warnings are ignored.
 * Throws `ProviderError`: `bad_query` for native histograms and strings, `bad_response` for everything else that it cannot parse.
 */
export function parseReply(text: string): readonly RawSeries[] {
  const reply = parseJson(text);
  if (!isObject(reply) || reply.status !== 'success' || !isObject(reply.data)) throw invalid('its status is not "success"');
  const { resultType, result } = reply.data;
  if (resultType === 'scalar') return [{ metric: {}, samples: [toSample(result)] }];
  if (resultType === 'string') throw new ProviderError('bad_query', 'the query returns a string, not numbers');
  if ((resultType !== 'matrix' && resultType !== 'vector') || !Array.isArray(result)) throw invalid('its result type is unknown');
  return result.map((entry) => toSeries(entry));
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
  if (Array.isArray(entry.values)) return { metric: entry.metric, samples: entry.values.map((pair) => toSample(pair)) };
  if (entry.value !== undefined) return { metric: entry.metric, samples: [toSample(entry.value)] };
  if (entry.histograms !== undefined || entry.histogram !== undefined) {
    throw new ProviderError('bad_query', 'the query returns native histograms, which are not supported: query the classic buckets');
  }
  throw invalid('a series has no values');
}

function toSample(pair: unknown): Sample {
  if (!Array.isArray(pair)) throw invalid('a sample is not a time and a value');
  const [seconds, value] = pair;
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
