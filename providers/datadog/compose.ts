import { type DatadogQuery, type DatadogResult, type MetricTerm, refuse, show } from './query.ts';

/**
 * A query as the API takes it: each metric by itself under a name, and formulas of the names. A count has one formula for each metric: Datadog's sum of two
 * metrics has no value where one of them has none.
 */
export type ComposedQuery = {
  readonly queries: readonly { readonly name: string; readonly query: string; readonly metric: string }[];
  readonly formulas: readonly string[];
};

export type ComposeOptions = {
  /** Further conditions of each metric. */
  readonly matchers: string;
  /** Further tags to keep apart. */
  readonly by: readonly string[];
  readonly isCount: boolean;
  /** The number of the first name. */
  readonly first: number;
};

/** Splits a query into its metrics and formulas. Never throws: matchers that are no tags are a problem. */
export function compose({ text, terms }: DatadogQuery, { matchers, by, isCount, first }: ComposeOptions): DatadogResult<ComposedQuery> {
  let formula = '';
  let at = 0;
  const queries = [];
  for (const [i, term] of terms.entries()) {
    const scope = joinScopes(term.scope, matchers);
    if (!scope.ok) return scope;
    const name = `q${first + i}`;
    queries.push({ name, query: termText(text, term, { scope: scope.value, by }), metric: term.metric });
    formula += text.slice(at, term.start) + name;
    at = term.end;
  }
  const formulas = isCount ? queries.map(({ name }) => name) : [(formula + text.slice(at)).trim()];
  return { ok: true, value: { queries, formulas } };
}

function termText(text: string, term: MetricTerm, { scope, by }: { readonly scope: string; readonly by: readonly string[] }): string {
  if (scope === term.scope && by.length === 0) return text.slice(term.start, term.end);
  const tags = [...new Set([...term.by, ...by])];
  const calls = term.calls.map(({ name, args }) => `.${name}(${args})`).join('');
  return `${term.aggregator}:${term.metric}{${scope}}${tags.length > 0 ? ` by {${tags.join(',')}}` : ''}${calls}`;
}

/** Whether a scope has words such as AND. Datadog reads `a:b,c:d` or `a:b AND c:d`, but not both in one scope. */
export function hasWords(scope: string): boolean {
  return /(?:^|[\s(])(?:AND|OR|NOT|IN)(?=[\s(]|$)/i.test(scope);
}

/** Joins two scopes, so that both hold. `$matchers` may be empty: what it leaves behind in the first one is removed. */
function joinScopes(scope: string, matchers: string): DatadogResult<string> {
  const own = /^[\s,]|[\s,]$|,\s*,|\bAND\s*$/i.test(scope) ? withoutGaps(scope) : scope;
  const extra = withoutGaps(matchers);
  if (/[{}]/.test(extra)) return refuse(`the matchers ${show(matchers)} have braces`, 'write only the tags, such as version:$version');
  if (extra === '') return { ok: true, value: own === '' ? '*' : own };
  if (own === '' || own === '*') return { ok: true, value: extra };
  const [ownWords, extraWords] = [hasWords(own), hasWords(extra)];
  if (!ownWords && !extraWords) return { ok: true, value: `${own},${extra}` };
  const listed = ownWords ? extra : own;
  if (ownWords !== extraWords && /[,!]/.test(listed))
    return refuse(`${show(listed)} is a list, but is joined with AND or OR`, 'write AND instead of commas, and NOT instead of !');
  return { ok: true, value: `(${own}) AND (${extra})` };
}

function withoutGaps(scope: string): string {
  return scope
    .trim()
    .replace(/\s*\bAND\s*$/i, '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .join(',');
}
