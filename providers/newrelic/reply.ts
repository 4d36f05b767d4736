import { ProviderError } from '../../src/core/base/errors.ts';
import { tickCount, type Window } from '../../src/core/base/window.ts';
import { isRecord } from '../../src/net/nerdgraph.ts';
import type { Labels, Sample, Series } from '../../src/ports/provider.ts';
import { badResponse } from '../refusal.ts';
import type { Bucket } from './columns.ts';

/** The expected rows: the ticks of `window`, by `facets`, with counts by `buckets` or one number. `other`: add the events outside of the listed facets. */
export type ReplyShape = {
  readonly window: Window;
  readonly facets: readonly string[];
  readonly buckets: readonly Bucket[] | null;
  readonly other: boolean;
};

type Row = Readonly<Record<string, unknown>>;
type ReplyValue = { readonly labels: Labels; readonly at: number; readonly value: number };

/** The fields that New Relic adds to each row. */
const ownFields = new Set(['beginTimeSeconds', 'endTimeSeconds', 'inspectedCount', 'facet']);

/**
 * Parses the `data` of an answer into series. A null is a tick without data, never 0. Throws `ProviderError`: `timeout` for an unfinished query,
 * `bad_query` for a text in place of a number, `bad_response` for everything else that does not fit the query.
 */
export function readSeries(data: unknown, expected: ReplyShape): readonly Series[] {
  const nrql = pathIn(data, 'actor', 'account', 'nrql');
  if (!isRecord(nrql)) throw invalid('it holds no results');
  if (nrql.results === null) throw new ProviderError('timeout', 'New Relic answered before the query was finished');
  const facets = new Set([...expected.facets, ...textsIn(pathIn(nrql, 'metadata', 'facets'))]);
  const rows = rowsIn(nrql.results).flatMap((row) => readRow(row, expected, labelsOf(row, facets)));
  const rest = expected.other && facets.size > 0 && nrql.otherResult != null ? [nrql.otherResult].flat() : [];
  return seriesOf([...rows, ...rowsIn(rest).flatMap((row) => readRow(row, expected, {}))], expected.window);
}

function rowsIn(list: unknown): readonly Row[] {
  if (!Array.isArray(list) || !list.every(isRecord)) throw invalid('its results are not rows');
  return list.filter((row) => Object.keys(row).length > 0);
}

function readRow(row: Row, expected: ReplyShape, labels: Labels): readonly ReplyValue[] {
  if ('comparison' in row) throw invalid('a row compares two time ranges');
  const at = endOf(row, expected.window);
  const columns = Object.keys(row).filter((key) => !ownFields.has(key) && !Object.hasOwn(labels, key));
  if (expected.buckets) return bucketsOf(row, expected.buckets).map(({ le, value }) => ({ labels: { ...labels, le }, at, value }));
  const [column, ...more] = columns;
  if (column === undefined || more.length > 0) throw invalid(`a row has ${columns.length} values, expected one`);
  return numbersIn(row[column]).map(({ name, value }) => ({ labels: name === null ? labels : { ...labels, percentile: name }, at, value }));
}

/** The values that JSON cannot express, as Java libraries write them. */
const nonFinite = new Set(['NaN', 'Infinity', '-Infinity']);

function isText(value: unknown): boolean {
  return typeof value === 'string' && !nonFinite.has(value);
}

/** The end of the row's tick. New Relic may choose other time ranges than the query, whose counts belong to no tick. */
function endOf({ beginTimeSeconds: begin, endTimeSeconds: end }: Row, window: Window): number {
  if (begin === undefined && end === undefined && tickCount(window) === 1) return window.to;
  if (typeof begin !== 'number' || typeof end !== 'number') throw invalid('a row has no time');
  const [beginMs, endMs] = [Math.round(begin * 1_000), Math.round(end * 1_000)];
  if (endMs - beginMs !== window.stepMs || (endMs - window.from) % window.stepMs !== 0) {
    throw invalid(`a row covers ${endMs - beginMs} ms up to ${endMs}, which is not a tick of ${window.stepMs} ms of the query`);
  }
  return endMs;
}

function bucketsOf(row: Row, buckets: readonly Bucket[]): readonly { readonly le: string; readonly value: number }[] {
  const all = buckets.find(({ seconds }) => seconds === Infinity);
  const total = all && countIn(row, all.alias);
  return buckets.flatMap(({ seconds, alias, isOver }) => {
    const count = countIn(row, alias);
    if (count === null || total == null) return [];
    return [{ le: seconds === Infinity ? '+Inf' : String(seconds), value: isOver ? total - count : count }];
  });
}

function countIn(row: Row, alias: string): number | null {
  const value = row[alias];
  if (value === null || typeof value === 'number') return value;
  throw invalid('a count is missing');
}

/** One number, or an object with a number for each percentile. */
function numbersIn(value: unknown): readonly { readonly name: string | null; readonly value: number }[] {
  if (value === null) return [];
  if (typeof value === 'number') return [{ name: null, value }];
  if (typeof value === 'string' && nonFinite.has(value)) return [{ name: null, value: Number(value) }];
  if (typeof value === 'string' || typeof value === 'boolean')
    throw new ProviderError('bad_query', 'the query returns a text, not a number');
  if (!isRecord(value)) throw invalid('a value is not a number');
  const entries = Object.entries(value);
  return entries.flatMap(([name, number]) => {
    if (number === null) return [];
    if (typeof number !== 'number') throw invalid('a value is not a number');
    return [{ name: entries.length > 1 ? name : null, value: number }];
  });
}

/** The facets of a row by their names. A facet without a name (FACET CASES) is labeled `facet`. In a row with a facet, every text is one. */
function labelsOf(row: Row, facets: ReadonlySet<string>): Labels {
  const keys = Object.keys(row).filter((key) => !ownFields.has(key) && (facets.has(key) || ('facet' in row && isText(row[key]))));
  if (keys.length > 0) return Object.fromEntries(keys.map((key) => [key, labelOf(row[key])]));
  return 'facet' in row ? { facet: [row.facet].flat().map(labelOf).join(', ') } : {};
}

// An object may have a member `toString` that is no function.
function labelOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}

function seriesOf(values: readonly ReplyValue[], { from, to }: Window): readonly Series[] {
  const all = new Map<string, { readonly labels: Labels; readonly instance: string; readonly samples: Sample[] }>();
  for (const { labels, at, value } of values) {
    if (at <= from || at > to) continue;
    const key = JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
    const known = all.get(key) ?? { labels, instance: '', samples: [] };
    known.samples.push([at, value]);
    all.set(key, known);
  }
  for (const { samples } of all.values()) samples.sort(([a], [b]) => a - b);
  return [...all.values()];
}

function pathIn(value: unknown, ...keys: readonly string[]): unknown {
  let at = value;
  for (const key of keys) at = isRecord(at) ? at[key] : undefined;
  return at;
}

function textsIn(value: unknown): readonly string[] {
  return [value].flat().filter((text) => typeof text === 'string');
}

function invalid(what: string): ProviderError {
  return badResponse('New Relic', what);
}
