/** One metric of a query, such as `sum:trace.http.request.errors{service:shop} by {env}.as_count()`. `start` and `end` are its place in the text. */
export type MetricTerm = {
  readonly aggregator: string;
  readonly metric: string;
  /** The text between the braces. */
  readonly scope: string;
  readonly by: readonly string[];
  readonly calls: readonly FunctionCall[];
  readonly start: number;
  readonly end: number;
};

/** A function and the text of its arguments. `start` is its place in the text. */
export type FunctionCall = { readonly name: string; readonly args: string; readonly start: number };

/** A query: metrics, and what is calculated with them. `functions` are around metrics, `operators` are between them. */
export type DatadogQuery = {
  readonly text: string;
  readonly terms: readonly MetricTerm[];
  readonly functions: readonly FunctionCall[];
  readonly operators: readonly string[];
};

/** The parsed value, or what is wrong, for the author of the query. */
export type DatadogResult<T> = { readonly ok: true; readonly value: T } | DatadogProblem;
export type DatadogProblem = { readonly ok: false; readonly problem: string; readonly hint: string; readonly at?: number };

const example = 'such as sum:trace.http.request.hits{service:shop}.as_count()';

const patterns = {
  blank: /\s+/y,
  term: /(avg|sum|min|max|count(?:\([^(){}]*\))?|p\d{1,2}(?:\.\d+)?):([A-Za-z$][\w.$]*)\{([^{}]*)\}(?:\s*by\s*\{([^{}]*)\})?/y,
  call: /\.([a-z_]\w*)\(([^(){}]*)\)/y,
  function: /([a-z_]\w*)\(/y,
  number: /\d+(?:\.\d+)?(?:e[+-]?\d+)?/y,
  quoted: /'[^'{}]*'|"[^"{}]*"/y,
  sign: /[-+*/(),]/y,
} as const;

/** Parses a query. It may have placeholders; `${name}` becomes a name of the same length, so that places stay. */
export function parseQuery(source: string): DatadogResult<DatadogQuery> {
  const text = source.replace(/\$\{(\w+)\}/g, '$$$1__');
  const query: OpenQuery & { readonly text: string } = { text, terms: [], functions: [], operators: [] };
  let depth = 0;
  for (let at = 0; at < text.length; ) {
    const taken = takeNext(text, at, query);
    if (taken === null) return unreadable(text, at);
    if (taken.endsWith('(')) depth += 1;
    if (taken === ')') depth -= 1;
    if (depth < 0) return refuse(`there is one ) too many before ${show(text.slice(at + 1))}`, 'remove it', at);
    at += taken.length;
  }
  if (depth > 0) return refuse(`${depth === 1 ? 'a ( is' : `${depth} ( are`} not closed`, 'add )');
  return query.terms.length > 0
    ? { ok: true, value: query }
    : refuse('the query names no metric', `write a metric with its aggregator, ${example}`);
}

type OpenQuery = { readonly terms: MetricTerm[]; readonly functions: FunctionCall[]; readonly operators: string[] };

/** Returns the text of the next part, and adds it to the query. */
function takeNext(text: string, at: number, { terms, functions, operators }: OpenQuery): string | null {
  const [head, aggregator, metric, scope, by] = matchAt('term', text, at);
  if (head !== undefined && aggregator !== undefined && metric !== undefined && scope !== undefined) {
    const calls = callsFrom(text, at + head.length);
    const end = calls.reduce((sum, { length }) => sum + length, at + head.length);
    const tags = (by ?? '').split(',').map((tag) => tag.trim());
    terms.push({ aggregator, metric, scope, by: tags.filter((tag) => tag !== ''), calls, start: at, end });
    return text.slice(at, end);
  }
  const [opening, name] = matchAt('function', text, at);
  if (opening !== undefined && name !== undefined) {
    functions.push({ name, args: '', start: at });
    return opening;
  }
  const [sign] = matchAt('sign', text, at);
  if (sign !== undefined && '+-*/'.includes(sign)) operators.push(sign);
  return sign ?? matchAt('blank', text, at)[0] ?? matchAt('number', text, at)[0] ?? matchAt('quoted', text, at)[0] ?? null;
}

function callsFrom(text: string, begin: number): readonly (FunctionCall & { readonly length: number })[] {
  const calls = [];
  for (let at = begin; ; ) {
    const [whole, name, args] = matchAt('call', text, at);
    if (whole === undefined || name === undefined || args === undefined) return calls;
    calls.push({ name, args: args.trim(), start: at, length: whole.length });
    at += whole.length;
  }
}

function matchAt(kind: keyof typeof patterns, text: string, at: number): readonly (string | undefined)[] {
  const pattern = patterns[kind];
  pattern.lastIndex = at;
  return pattern.exec(text) ?? [];
}

function unreadable(text: string, at: number): DatadogProblem {
  const rest = text.slice(at);
  if (/^[A-Za-z$][\w.$]*\{/.test(rest)) return refuse(`${show(rest)} has no aggregator`, `write avg: or sum: before it, ${example}`, at);
  if (/^[\w.$:()<>= ]+\{[^}]*$/.test(rest)) return refuse(`the { of ${show(rest)} is not closed`, 'add }', at);
  if (/^[a-z]\w*(\([^()]*\))?:[A-Za-z$][\w.$]*(?![\w.$]|\{)/.test(rest))
    return refuse(`${show(rest)} has no scope`, 'write {*} or tags after its name, such as {service:shop}', at);
  if (/^[A-Za-z]\w*:/.test(rest))
    return refuse(
      `${show(rest)} does not begin with an aggregator`,
      'the aggregators are avg, sum, min, max, count, p50, p75, p90, p95 and p99',
      at,
    );
  return refuse(`${show(rest)} is not part of a query`, `write a metric with its aggregator, ${example}`, at);
}

/** Creates the result for a problem. `at`: where in the text. */
export function refuse(problem: string, hint: string, at?: number): DatadogProblem {
  return { ok: false, problem, hint, ...(at !== undefined && { at }) };
}

/** Quotes the beginning of a text. */
export function show(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line === '' ? 'the end' : `"${line.length > 40 ? `${line.slice(0, 40)}…` : line}"`;
}
