import { formatLabel, unquote } from './literals.ts';
import { childrenOf, type PromqlNode } from './promql.ts';
import { readPromql } from './promql-fault.ts';
import { remembered } from './remembered.ts';

/** One condition on a label; `literal` is the value as it was written, with its quotes. */
export type Matcher = { readonly label: string; readonly op: '=' | '!=' | '=~' | '!~'; readonly literal: string };

/** The name of a counter and the conditions on its labels. */
export type Selector = { readonly metric: string; readonly matchers: readonly Matcher[] };

/** The parsed value, or what is wrong, for the author of the text. */
export type SelectorResult<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

const example = 'http_requests_total{job="shop"}';

/**
 * Parses `name`, `name{…}`, `{"name",…}` or `{__name__="name",…}` by Prometheus' grammar. Everything else is refused: functions, ranges and offsets would
 * hide the raw samples that exact counts need.
 */
export const parseSelector = remembered(readSelector);

/** Parses conditions without braces, such as `version="v2",zone!="b"`. An empty text has no conditions. */
export const parseMatchers = remembered(readMatchers);

/** Returns what is wrong with a counter selector, or `null`. */
export function lintSelector(text: string): string | null {
  const parsed = parseSelector(text);
  return parsed.ok ? null : parsed.problem;
}

/** Formats a selector for Prometheus. Equal selectors give equal texts. */
export function formatSelector({ metric, matchers }: Selector): string {
  const isPlain = /^[A-Za-z_:][\w:]*$/.test(metric);
  // Every version takes a name with other signs as a condition; `{"name"}` only Prometheus 3.
  const name = isPlain ? [] : [`${nameLabel}=${JSON.stringify(metric)}`];
  const conditions = [...name, ...matchers.map(formatMatcher)];
  return `${isPlain ? metric : ''}${conditions.length > 0 ? `{${conditions.join(',')}}` : ''}`;
}

/** Formats one condition for Prometheus. */
export function formatMatcher({ label, op, literal }: Matcher): string {
  return `${formatLabel(label)}${op}${literal}`;
}

const nameLabel = '__name__';

function readSelector(text: string): SelectorResult<Selector> {
  if (text.trim() === '') return problem(`no metric is named; write a selector such as ${example}`);
  const reading = readPromql(text);
  if ('fault' in reading) return problem(reading.fault.message);
  const root = reading.expression;
  if (root.name !== 'VectorSelector') return problem(describeOther(root, text));
  return toSelector(childrenOf(root), text);
}

function readMatchers(text: string): SelectorResult<readonly Matcher[]> {
  const braced = `{${text}}`;
  const reading = readPromql(braced);
  if ('fault' in reading) return problem(reading.fault.message);
  const [list, ...more] = reading.expression.name === 'VectorSelector' ? childrenOf(reading.expression) : [];
  if (list === undefined || more.length > 0 || list.to !== braced.length)
    return problem('matchers are conditions such as version="v2", without braces');
  const { names, matchers, isValid } = readItems(list, braced);
  if (names.length > 0) return problem('matchers cannot name a metric');
  return isValid ? done(matchers) : problem('a label has no name');
}

function toSelector(parts: readonly PromqlNode[], text: string): SelectorResult<Selector> {
  const [identifier] = parts.filter(({ name }) => name === 'Identifier');
  const [list] = parts.filter(({ name }) => name === 'LabelMatchers');
  const { names, matchers, isValid } = list === undefined ? noItems : readItems(list, text);
  if (!isValid) return problem('a label has no name');
  if (identifier !== undefined)
    return names.length > 0 ? problem('the metric is named twice') : done({ metric: textOf(identifier, text), matchers });
  const [only, ...more] = names;
  if (only === undefined) return problem(`no metric is named; write it before the braces, such as ${example}`);
  if (more.length > 0) return problem('the metric is named twice');
  if (only.op !== '=' || only.metric === null || only.metric === '') return problem('one metric must be named, by __name__="…"');
  return done({ metric: only.metric, matchers });
}

type SelectorItems = {
  readonly names: readonly { readonly op: Matcher['op']; readonly metric: string | null }[];
  readonly matchers: readonly Matcher[];
  /** Whether every label has a name. */
  readonly isValid: boolean;
};

const noItems: SelectorItems = { names: [], matchers: [], isValid: true };

/** What is between braces. A quoted name without an operator is that of the metric. */
function readItems(list: PromqlNode, text: string): SelectorItems {
  const items = childrenOf(list).map((item) => {
    if (item.name === 'QuotedLabelName') return { label: nameLabel, op: '=' as const, literal: textOf(item, text) };
    const [label, operator, value] = childrenOf(item).map((part) => textOf(part, text));
    return { label: labelOf(label ?? ''), op: toOperator(operator), literal: value ?? '' };
  });
  const names = items.filter(({ label }) => label === nameLabel);
  return {
    names: names.map(({ op, literal }) => ({ op, metric: unquote(literal) })),
    matchers: items.filter(({ label }) => label !== nameLabel),
    isValid: items.every(({ label }) => label !== ''),
  };
}

function labelOf(written: string): string {
  return /^["'`]/.test(written) ? (unquote(written) ?? '') : written;
}

function toOperator(text: string | undefined): Matcher['op'] {
  return text === '!=' || text === '=~' || text === '!~' ? text : '=';
}

function describeOther(root: PromqlNode, text: string): string {
  const [first] = childrenOf(root);
  const rest = first === undefined ? '' : text.slice(first.to).trim();
  switch (root.name) {
    case 'FunctionCall':
    case 'AggregateExpr':
      return `a selector names raw counters, such as ${example}; ${first ? textOf(first, text) : ''}(…) is a function and belongs under \`query:\``;
    case 'MatrixSelector':
    case 'SubqueryExpr':
      return `a selector has no range: leave out ${show(rest)}, Bakewatch reads the raw samples of every tick`;
    case 'OffsetExpr':
    case 'StepInvariantExpr':
      return `a selector has no offset and no time: leave out ${show(rest)}`;
    default:
      return `a selector is one metric and its labels, such as ${example}; ${show(rest === '' ? text.trim() : rest)} belongs under \`query:\``;
  }
}

function textOf({ from, to }: PromqlNode, text: string): string {
  return text.slice(from, to);
}

function show(text: string): string {
  return `"${text.length > 40 ? `${text.slice(0, 40)}…` : text}"`;
}

function done<T>(value: T): SelectorResult<T> {
  return { ok: true, value };
}

function problem(words: string): { readonly ok: false; readonly problem: string } {
  return { ok: false, problem: words };
}
