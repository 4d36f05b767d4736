import { listOf, type Nrql, type Piece } from './nrql.ts';
import { type NrqlResult, type NrqlToken, wrong } from './scan.ts';

/** How many events took at most `seconds` (Infinity: all of them): the column `alias` counts them, or (`isOver`) those that took longer. */
export type Bucket = { readonly seconds: number; readonly alias: string; readonly isOver: boolean };

/** What is selected to tell how long events took: columns by our own names, and what each counts. */
export type Buckets = { readonly select: string; readonly buckets: readonly Bucket[] };

/** Upper bounds in seconds, where the rule names an attribute and no bounds. */
const ladder = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30];

const counting = new Set(['count', 'sum', 'uniquecount']);
const countHint = 'write count(*), or filter(count(*), WHERE …) for some of them; other numbers belong under `value:`';
const bucketHint =
  'write SELECT duration FROM …, or with bounds of your own SELECT filter(count(*), WHERE duration <= 0.35), count(*) FROM …';

/** Whether the query selects durations, and which bounds they are counted by; a problem where it does not. */
export function readBuckets({ select }: Nrql): NrqlResult<Buckets> {
  const columns = listOf(select);
  const [first] = columns;
  const [only, ...more] = first?.tokens ?? [];
  if (columns.length === 1 && only && more.length === 0 && (only.kind === 'word' || only.kind === 'name')) {
    const scale = inMilliseconds(only.text) ? 1_000 : 1;
    const bounds = ladder.map((seconds) => ({
      seconds,
      text: `filter(count(*), WHERE ${only.text} <= ${seconds * scale})`,
      isOver: false,
    }));
    return { ok: true, value: named([...bounds, { seconds: Infinity, text: 'count(*)', isOver: false }]) };
  }
  const read = columns.map(readBound);
  if (read.some((bound) => bound === null)) return wrong('these are not counts below and above bounds of one duration', bucketHint);
  const bounds = read.filter((bound) => bound !== null);
  if (bounds.filter(({ seconds }) => seconds === Infinity).length !== 1) return wrong('one column must count all events', bucketHint);
  if (new Set(bounds.map(({ attribute }) => attribute ?? '')).size !== 2)
    return wrong('the bounds are not all of one attribute', bucketHint);
  if (new Set(bounds.map(({ seconds }) => seconds)).size !== bounds.length) return wrong('a bound stands there twice', bucketHint);
  return { ok: true, value: named(bounds) };
}

/** What is wrong with a query whose events are to be counted, or `null`. */
export function countProblem({ select }: Nrql): ReturnType<typeof wrong> | null {
  const [column, ...more] = listOf(select);
  if (!column || more.length > 0) return wrong('a count is one column', 'make it one query for each count');
  const tokens = withoutAlias(column).tokens;
  const isCount = tokens.every((token, i) => {
    if (token.depth > 0 || isCallSign(token)) return true;
    if (token.kind === 'sign') return token.text === '+' || token.text === '-';
    return token.kind === 'word' && tokens[i + 1]?.text === '(' && counts(tokens, i);
  });
  return isCount && tokens.length > 0 ? null : wrong(`${column.text || 'nothing'} does not count events`, countHint);
}

/** What is wrong with a query that is to give one number, or `null`. */
export function numberProblem({ select, facet }: Nrql): ReturnType<typeof wrong> | null {
  const [column, ...more] = listOf(select);
  if (!column || more.length > 0) return wrong('a value is one number, but several columns are selected', 'make it one check for each');
  if (facet) return wrong('a value is one number, and FACET makes several', 'leave FACET out, and choose with WHERE');
  const { tokens } = withoutAlias(column);
  const calls = tokens.filter((token, i) => token.kind === 'word' && tokens[i + 1]?.text === '(');
  if (calls.length === 0) return wrong(`${column.text} is no function`, 'write one that gives a number, such as average(duration)');
  const percentile = calls.length === 1 && calls[0]?.text.toLowerCase() === 'percentile';
  if (percentile && tokens.filter(({ text, depth }) => text === ',' && depth === 1).length > 1) {
    return wrong('a value is one number, and these are several percentiles', 'make it one check for each');
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

function named(bounds: readonly BucketColumn[]): Buckets {
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

/** New Relic's own durations are seconds, but for those of spans, which say so. */
function inMilliseconds(attribute: string): boolean {
  return /(?:\.ms|_ms|[a-z]Ms|_millis|Millis)`?$/.test(attribute);
}
