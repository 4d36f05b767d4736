import { ProviderError } from '../../src/core/base/errors.ts';
import type { Labels, Sample } from '../../src/ports/provider.ts';
import { badResponse } from '../refusal.ts';

/** One series as Prometheus sends it, in its order; times in milliseconds. */
export type RawSeries = { readonly metric: Labels; readonly samples: readonly Sample[] };

/**
 * Reads a successful answer of the query API: a matrix, a vector, or a scalar (one series without labels). Warnings are ignored.
 * Throws `ProviderError` with kind `bad_response` for anything it does not understand, and `bad_query` for native histograms and strings.
 */
export function parseReply(text: string): readonly RawSeries[] {
  const reply = parseJson(text);
  if (!isObject(reply) || reply.status !== 'success' || !isObject(reply.data)) throw strange('it does not say "success"');
  const { resultType, result } = reply.data;
  if (resultType === 'scalar') return [{ metric: {}, samples: [toSample(result)] }];
  if (resultType === 'string') throw new ProviderError('bad_query', 'the query yields a text, not numbers');
  if ((resultType !== 'matrix' && resultType !== 'vector') || !Array.isArray(result)) throw strange('its result type is unknown');
  return result.map((entry) => toSeries(entry));
}

/** What an error answer of the API says; `null` where the text is no such answer, as when a proxy wrote it. */
export function parseError(text: string): { readonly type: string; readonly message: string } | null {
  try {
    const reply = JSON.parse(text);
    if (!isObject(reply) || reply.status !== 'error') return null;
    return { type: String(reply.errorType ?? ''), message: String(reply.error ?? '') };
  } catch {
    return null; // A body that is no JSON is not from Prometheus itself; the caller says so.
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw strange('it is not JSON'); // The parser's own message would quote the body.
  }
}

function toSeries(entry: unknown): RawSeries {
  if (!isObject(entry) || !isLabels(entry.metric)) throw strange('a series has no labels');
  if (Array.isArray(entry.values)) return { metric: entry.metric, samples: entry.values.map((pair) => toSample(pair)) };
  if (entry.value !== undefined) return { metric: entry.metric, samples: [toSample(entry.value)] };
  if (entry.histograms !== undefined || entry.histogram !== undefined) {
    throw new ProviderError('bad_query', 'the query yields native histograms, which are not supported: ask for the classic buckets');
  }
  throw strange('a series has no values');
}

function toSample(pair: unknown): Sample {
  if (!Array.isArray(pair)) throw strange('a sample is not a time and a value');
  const [seconds, value] = pair;
  if (typeof seconds !== 'number' || typeof value !== 'string') throw strange('a sample is not a time and a value');
  return [Math.round(seconds * 1_000), toNumber(value)];
}

function toNumber(text: string): number {
  if (text === '+Inf') return Infinity;
  if (text === '-Inf') return -Infinity;
  const value = Number(text);
  if (text === '' || (Number.isNaN(value) && text !== 'NaN')) throw strange('a value is not a number');
  return value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isLabels(value: unknown): value is Labels {
  return isObject(value) && Object.values(value).every((label) => typeof label === 'string');
}

function strange(what: string): ProviderError {
  return badResponse('Prometheus', what);
}
