import { ProviderError } from '../../src/core/base/errors.ts';
import { tickCount, type Window } from '../../src/core/base/window.ts';
import { isRecord } from '../../src/net/nerdgraph.ts';
import type { Labels, Sample, Series } from '../../src/ports/provider.ts';
import { badResponse } from '../refusal.ts';
import type { Bucket } from './columns.ts';

/** What the rows must be: ticks of this window; by these facets; counts by bounds, or one number. `other` adds what New Relic left out of the facets. */
export type ReplyShape = {
  readonly window: Window;
  readonly facets: readonly string[];
  readonly buckets: readonly Bucket[] | null;
  readonly other: boolean;
};

type Row = Readonly<Record<string, unknown>>;
type ReplyValue = { readonly labels: Labels; readonly at: number; readonly value: number };

/** What New Relic adds to a row by itself. */
const own = new Set(['beginTimeSeconds', 'endTimeSeconds', 'inspectedCount', 'facet']);

/**
 * Reads the `data` of an answer into series. A null is a tick without data, never 0. Throws `ProviderError`: `bad_response` for what New Relic does not
 * send to what was asked, `bad_query` for a text where a number was wanted, `timeout` where it has not finished.
 */
export function readSeries(data: unknown, expected: ReplyShape): readonly Series[] {
  const nrql = pathIn(data, 'actor', 'account', 'nrql');
  if (!isRecord(nrql)) throw strange('it holds no results');
  if (nrql.results === null) throw new ProviderError('timeout', 'New Relic had not finished the query when it answered');
  const facets = new Set([...expected.facets, ...textsIn(pathIn(nrql, 'metadata', 'facets'))]);
  const rows = rowsIn(nrql.results).flatMap((row) => readRow(row, expected, labelsOf(row, facets)));
  const rest = expected.other && facets.size > 0 && nrql.otherResult != null ? [nrql.otherResult].flat() : [];
  return seriesOf([...rows, ...rowsIn(rest).flatMap((row) => readRow(row, expected, {}))], expected.window);
}

function rowsIn(list: unknown): readonly Row[] {
  if (!Array.isArray(list) || !list.every(isRecord)) throw strange('its results are not rows');
  return list.filter((row) => Object.keys(row).length > 0);
}

function readRow(row: Row, expected: ReplyShape, labels: Labels): readonly ReplyValue[] {
  if ('comparison' in row) throw strange('it compares with another time');
  const at = endOf(row, expected.window);
  const columns = Object.keys(row).filter((key) => !own.has(key) && !Object.hasOwn(labels, key));
  if (expected.buckets) return bucketsOf(row, expected.buckets).map(({ le, value }) => ({ labels: { ...labels, le }, at, value }));
  const [column, ...more] = columns;
  if (column === undefined || more.length > 0) throw strange(`a row has ${columns.length} values where one was asked for`);
  return numbersIn(row[column]).map(({ name, value }) => ({ labels: name === null ? labels : { ...labels, percentile: name }, at, value }));
}

/** What is no number, as writers of JSON in Java put it. */
const noNumbers = new Set(['NaN', 'Infinity', '-Infinity']);

function isText(value: unknown): boolean {
  return typeof value === 'string' && !noNumbers.has(value);
}

/** The end of the row's tick. New Relic may choose other stretches than were asked for, and their counts would be those of no tick. */
function endOf({ beginTimeSeconds: begin, endTimeSeconds: end }: Row, window: Window): number {
  if (begin === undefined && end === undefined && tickCount(window) === 1) return window.to;
  if (typeof begin !== 'number' || typeof end !== 'number') throw strange('a row does not say its time');
  const [beginMs, endMs] = [Math.round(begin * 1_000), Math.round(end * 1_000)];
  if (endMs - beginMs !== window.stepMs || (endMs - window.from) % window.stepMs !== 0) {
    throw strange(`a row is about ${endMs - beginMs} ms up to ${endMs}, which is no tick of ${window.stepMs} ms that was asked for`);
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
  throw strange('a count that was asked for is not there');
}

/** One number; percentiles come as an object by the percentile, as a text. */
function numbersIn(value: unknown): readonly { readonly name: string | null; readonly value: number }[] {
  if (value === null) return [];
  if (typeof value === 'number') return [{ name: null, value }];
  if (typeof value === 'string' && noNumbers.has(value)) return [{ name: null, value: Number(value) }];
  if (typeof value === 'string' || typeof value === 'boolean')
    throw new ProviderError('bad_query', 'the query yields a text, not a number');
  if (!isRecord(value)) throw strange('a value is not a number');
  const entries = Object.entries(value);
  return entries.flatMap(([name, number]) => {
    if (number === null) return [];
    if (typeof number !== 'number') throw strange('a value is not a number');
    return [{ name: entries.length > 1 ? name : null, value: number }];
  });
}

/** Facets are told by their names, or where a facet has none (as FACET CASES) by what it says. With a facet, every text in a row is one. */
function labelsOf(row: Row, facets: ReadonlySet<string>): Labels {
  const keys = Object.keys(row).filter((key) => !own.has(key) && (facets.has(key) || ('facet' in row && isText(row[key]))));
  if (keys.length > 0) return Object.fromEntries(keys.map((key) => [key, String(row[key])]));
  return 'facet' in row ? { facet: [row.facet].flat().map(String).join(', ') } : {};
}

function seriesOf(readings: readonly ReplyValue[], { from, to }: Window): readonly Series[] {
  const all = new Map<string, { readonly labels: Labels; readonly instance: string; readonly samples: Sample[] }>();
  for (const { labels, at, value } of readings) {
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

function strange(what: string): ProviderError {
  return badResponse('New Relic', what);
}
