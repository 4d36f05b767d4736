import { listOf, type Nrql, type Piece } from './nrql.ts';
import { type NrqlResult, type NrqlToken, refuse } from './scan.ts';

/** One bucket: the column `alias` counts the events that took at most `seconds` (Infinity: all events), or with `isOver` those that took longer. */
export type Bucket = { readonly seconds: number; readonly alias: string; readonly isOver: boolean };

/** The columns that count events by their duration, with aliases of our own. */
export type Buckets = { readonly select: string; readonly buckets: readonly Bucket[] };

/** The upper bounds in seconds for a rule that names an attribute without bounds. */
const defaultBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30];

const counting = new Set(['count', 'sum', 'uniquecount']);
const countHint = 'write count(*), or filter(count(*), WHERE …) for some of the events; other numbers belong under `value:`';
const bucketHint = 'write SELECT duration FROM …, or with your own bounds SELECT filter(count(*), WHERE duration <= 0.35), count(*) FROM …';

/** Parses a query that selects durations, with or without bounds. */
export function readBuckets({ select }: Nrql): NrqlResult<Buckets> {
  const columns = listOf(select);
  const [first] = columns;
  const [only, ...more] = first?.tokens ?? [];
  if (columns.length === 1 && only && more.length === 0 && (only.kind === 'word' || only.kind === 'name')) {
    const scale = inMilliseconds(only.text) ? 1_000 : 1;
    const bounds = defaultBounds.map((seconds) => ({
      seconds,
      text: `filter(count(*), WHERE ${only.text} <= ${seconds * scale})`,
      isOver: false,
    }));
    return { ok: true, value: toBuckets([...bounds, { seconds: Infinity, text: 'count(*)', isOver: false }]) };
  }
  const read = columns.map(readBound);
  if (read.some((bound) => bound === null)) return refuse('the columns are not counts by bounds of one duration', bucketHint);
  const bounds = read.filter((bound) => bound !== null);
  if (bounds.filter(({ seconds }) => seconds === Infinity).length !== 1) return refuse('one column must count all events', bucketHint);
  if (new Set(bounds.map(({ attribute }) => attribute ?? '')).size !== 2) return refuse('the bounds are of several attributes', bucketHint);
  if (new Set(bounds.map(({ seconds }) => seconds)).size !== bounds.length) return refuse('two columns have the same bound', bucketHint);
  return { ok: true, value: toBuckets(bounds) };
}

/** Returns what is wrong with a query that counts events, or `null`. */
export function countProblem({ select }: Nrql): ReturnType<typeof refuse> | null {
  const [column, ...more] = listOf(select);
  if (!column || more.length > 0) return refuse('a count is one column', 'write one query per count');
  const tokens = withoutAlias(column).tokens;
  const isCount = tokens.every((token, i) => {
    if (token.depth > 0 || isCallSign(token)) return true;
    if (token.kind === 'sign') return token.text === '+' || token.text === '-';
    return token.kind === 'word' && tokens[i + 1]?.text === '(' && counts(tokens, i);
  });
  return isCount && tokens.length > 0 ? null : refuse(`${column.text || 'nothing'} does not count events`, countHint);
}

/** Returns what is wrong with a query for one number per tick, or `null`. */
export function numberProblem({ select, facet }: Nrql): ReturnType<typeof refuse> | null {
  const [column, ...more] = listOf(select);
  if (!column || more.length > 0)
    return refuse('a value is one number, but the query selects several columns', 'write one check per column');
  if (facet) return refuse('a value is one number, but FACET returns several', 'remove FACET and select with WHERE');
  const { tokens } = withoutAlias(column);
  const calls = tokens.filter((token, i) => token.kind === 'word' && tokens[i + 1]?.text === '(');
  if (calls.length === 0)
    return refuse(`${column.text} is not a function`, 'write a function that returns a number, such as average(duration)');
  const isPercentile = calls.length === 1 && calls[0]?.text.toLowerCase() === 'percentile';
  if (isPercentile && tokens.filter(({ text, depth }) => text === ',' && depth === 1).length > 1) {
    return refuse('a value is one number, but the query selects several percentiles', 'write one check per percentile');
  }
  return null;
}

function counts(tokens: readonly NrqlToken[], at: number): boolean {
  const name = tokens[at]?.text.toLowerCase() ?? '';
  return counting.has(name) || (name === 'filter' && counting.has(tokens[at + 2]?.text.toLowerCase() ?? ''));
}

function isCallSign({ text, depth }: NrqlToken): boolean {
  return depth === 0 && (text === '(' || text === ')');
}

type BucketColumn = { readonly seconds: number; readonly text: string; readonly isOver: boolean; readonly attribute?: string };

function readBound(column: Piece): BucketColumn | null {
  const { text, tokens } = withoutAlias(column);
  const words = tokens.map((token) => token.text.toLowerCase());
  if (words.join(' ') === 'count ( * )') return { seconds: Infinity, text, isOver: false };
  if (words.slice(0, 8).join(' ') !== 'filter ( count ( * ) , where') return null;
  const [attribute, sign, ...rest] = tokens.slice(8, -1);
  const hasEqual = rest[0]?.text === '=';
  const [limit, ...more] = hasEqual ? rest.slice(1) : rest;
  if (!attribute || !limit || more.length > 0 || limit.kind !== 'number') return null;
  if (sign?.text !== '<' && sign?.text !== '>') return null;
  const seconds = Number(limit.text) / (inMilliseconds(attribute.text) ? 1_000 : 1);
  return { seconds, text, isOver: sign.text === '>', attribute: attribute.text };
}

function toBuckets(bounds: readonly BucketColumn[]): Buckets {
  const sorted = bounds.toSorted((a, b) => a.seconds - b.seconds);
  return {
    select: sorted.map(({ text }, i) => `${text} AS 'b${i}'`).join(', '),
    buckets: sorted.map(({ seconds, isOver }, i) => ({ seconds, isOver, alias: `b${i}` })),
  };
}

function withoutAlias({ text, tokens }: Piece): Piece {
  const as = tokens.findIndex(({ kind, text: word, depth }) => kind === 'word' && depth === 0 && word.toUpperCase() === 'AS');
  if (as < 0) return { text, tokens };
  return { text: text.slice(0, (tokens[as]?.at ?? 0) - (tokens[0]?.at ?? 0)).trim(), tokens: tokens.slice(0, as) };
}

/** Durations of New Relic are in seconds. Those of spans are in milliseconds, and their names say so. */
function inMilliseconds(attribute: string): boolean {
  return /(?:\.ms|_ms|[a-z]Ms|_millis|Millis)`?$/.test(attribute);
}
