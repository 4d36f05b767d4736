import { type CloudWatchProblem, type CloudWatchResult, type Dimension, parseDimensions, refuse, show } from './dimensions.ts';

/** One metric of a query, such as `AWS/ApplicationELB:RequestCount{LoadBalancer="app/shop/1"}:Sum`. `start` and `end` are its place in the text. */
export type StatTerm = {
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: readonly Dimension[];
  readonly statistic: string;
  readonly start: number;
  readonly end: number;
};

/** A query: metrics, and the metric math around them. `isArray`: the function gets an array, so it returns a series and not one number. */
export type CloudWatchQuery = {
  readonly text: string;
  readonly terms: readonly StatTerm[];
  readonly functions: readonly { readonly name: string; readonly isArray: boolean }[];
  /** Operators and brackets, in order. */
  readonly signs: readonly string[];
};

const example = 'such as AWS/ApplicationELB:RequestCount{LoadBalancer="app/shop/1"}:Sum';
const statistics = 'Sum, SampleCount, Average, Minimum, Maximum, p95, TM(10%:90%), PR(:0.5) or TC(0.5:)';

const name = String.raw`("[^"]+"|[A-Za-z_$][\w.#%/$-]*)`;
const braces = String.raw`\{((?:[^{}"]|"(?:[^"\\]|\\.)*")*)\}`;
const statistic = String.raw`(Sum|SampleCount|Average|Minimum|Maximum|IQM|(?:p|tm|wm|tc|ts)\d{1,3}(?:\.\d+)?|(?:TM|WM|PR|TC|TS)\([\d.%]*:[\d.%]*\))(?![\w.])`;

const patterns = {
  blank: /\s+/y,
  term: new RegExp(`${name}:${name}${braces}:${statistic}`, 'y'),
  function: /([A-Z][A-Z0-9_]*)\(\s*(\[)?/y,
  number: /\d+(?:\.\d+)?/y,
  sign: /[<>=!]=|&&|\|\||[-+*/^<>(),[\]]/y,
} as const;

/** Parses a query. It may have placeholders; `${name}` becomes a name of the same length, so that places stay. */
export function parseQuery(source: string): CloudWatchResult<CloudWatchQuery> {
  const text = source.replace(/\$\{(\w+)\}/g, '$$$1__');
  const query: UnfinishedQuery & { readonly text: string } = { text, terms: [], functions: [], signs: [] };
  let depth = 0;
  for (let at = 0; at < text.length; ) {
    const taken = takeNext(text, at, query);
    if (taken === null) return unreadable(text, at);
    if (typeof taken !== 'string') return taken;
    if (taken.endsWith('(') || taken === '[') depth += 1;
    if (taken === ')' || taken === ']') depth -= 1;
    if (depth < 0) return refuse(`there is one ${taken} too many before ${show(text.slice(at + 1))}`, 'remove it', at);
    at += taken.length;
  }
  if (depth > 0) return refuse(`${depth === 1 ? 'a ( or [ is' : `${depth} ( or [ are`} not closed`, 'add ) or ]');
  return query.terms.length > 0 ? { ok: true, value: query } : refuse('the query names no metric', `write a metric, ${example}`);
}

type UnfinishedQuery = { readonly terms: StatTerm[]; readonly functions: { name: string; isArray: boolean }[]; readonly signs: string[] };

/** Returns the text of the next part, and adds it to the query. `null`: it cannot be read. */
function takeNext(text: string, at: number, { terms, functions, signs }: UnfinishedQuery): string | CloudWatchProblem | null {
  const [whole, namespace, metric, inner, stat] = matchAt('term', text, at);
  if (whole !== undefined && namespace !== undefined && metric !== undefined && stat !== undefined) {
    const dimensions = parseDimensions(inner ?? '');
    if (!dimensions.ok) return { ...dimensions, at };
    const place = { start: at, end: at + whole.length };
    terms.push({ namespace: unquoted(namespace), metric: unquoted(metric), dimensions: dimensions.value, statistic: stat, ...place });
    return whole;
  }
  const [opening, called, array] = matchAt('function', text, at);
  if (opening !== undefined && called !== undefined) {
    functions.push({ name: called, isArray: array !== undefined });
    return `${called}(`;
  }
  const [sign] = matchAt('sign', text, at);
  if (sign !== undefined) signs.push(sign);
  return sign ?? matchAt('blank', text, at)[0] ?? matchAt('number', text, at)[0] ?? null;
}

function matchAt(kind: keyof typeof patterns, text: string, at: number): readonly (string | undefined)[] {
  const pattern = patterns[kind];
  pattern.lastIndex = at;
  return pattern.exec(text) ?? [];
}

function unquoted(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1) : text;
}

const head = new RegExp(`^${name}:${name}`);
const metricAndBraces = new RegExp(`^${name}:${name}${braces}`);

function unreadable(text: string, at: number): CloudWatchProblem {
  const rest = text.slice(at);
  const [withBraces] = metricAndBraces.exec(rest) ?? [];
  if (withBraces !== undefined) {
    const after = rest.slice(withBraces.length);
    const problem = after.startsWith(':')
      ? `${show(after.slice(1))} is no statistic of CloudWatch`
      : `${show(withBraces)} has no statistic`;
    return refuse(problem, `write one after the metric: ${statistics}`, at);
  }
  const [named] = head.exec(rest) ?? [];
  if (named !== undefined && rest.charAt(named.length) === '{')
    return refuse(`the { of ${show(rest)} is not closed`, 'add } and a statistic', at);
  if (named !== undefined)
    return refuse(`${show(named)} has no dimensions`, `write them in braces, or {} where it has none, ${example}`, at);
  if (/^SELECT\s/i.test(rest)) return refuse('Metrics Insights is not supported', `name each metric, ${example}`, at);
  return refuse(`${show(rest)} is not part of a query`, `write a metric, ${example}; metric math may stand around it`, at);
}
