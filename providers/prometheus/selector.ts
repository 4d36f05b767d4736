/** One condition on a label; `literal` is the value as it was written, with its quotes. */
export type Matcher = { readonly label: string; readonly op: '=' | '!=' | '=~' | '!~'; readonly literal: string };

/** The name of a counter and the conditions on its labels. */
export type Selector = { readonly metric: string; readonly matchers: readonly Matcher[] };

/** The parsed value, or what is wrong, for the author of the text. */
export type SelectorResult<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

const example = 'http_requests_total{job="shop"}';

/**
 * Parses `name`, `name{…}` or `{__name__="name",…}`, with quoted values that may hold braces and commas. Everything else is refused: functions, ranges
 * and offsets would hide the raw samples that exact counts need.
 */
export function parseSelector(text: string): SelectorResult<Selector> {
  const scanner = createScanner(text);
  const name = scanner.take(identifier);
  if (name === null && !scanner.sees('{')) return problem(describeRest(scanner.rest()));
  const items = scanner.accept('{') ? takeItems(scanner, '}') : done<readonly Matcher[]>([]);
  if (!items.ok) return items;
  if (scanner.rest() !== '') return problem(describeRest(scanner.rest(), name));
  return toSelector(name, items.value);
}

/** Parses conditions without braces, such as `version="v2",zone!="b"`. An empty text has no conditions. */
export function parseMatchers(text: string): SelectorResult<readonly Matcher[]> {
  const parsed = takeItems(createScanner(text), '');
  if (parsed.ok && parsed.value.some(({ label }) => label === nameLabel)) return problem('matchers cannot name a metric');
  return parsed;
}

/** Returns what is wrong with a counter selector, or `null`. */
export function lintSelector(text: string): string | null {
  const parsed = parseSelector(text);
  return parsed.ok ? null : parsed.problem;
}

/** Formats a selector for Prometheus. Equal selectors give equal texts. */
export function formatSelector({ metric, matchers }: Selector): string {
  const isPlain = /^[A-Za-z_:][\w:]*$/.test(metric);
  const name = isPlain ? [] : [`${nameLabel}=${JSON.stringify(metric)}`];
  const conditions = [...name, ...matchers.map(formatMatcher)];
  return `${isPlain ? metric : ''}${conditions.length > 0 ? `{${conditions.join(',')}}` : ''}`;
}

/** Formats one condition for Prometheus. */
export function formatMatcher({ label, op, literal }: Matcher): string {
  return `${label}${op}${literal}`;
}

const nameLabel = '__name__';
const identifier = /[A-Za-z_:][\w:]*/y;
const labelName = /[A-Za-z_]\w*/y;
const operator = /=~|!~|!=|=/y;
const quoted = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`/y;

type Scanner = ReturnType<typeof createScanner>;

/** Reads a text token by token and skips white space between tokens. */
function createScanner(text: string) {
  let at = 0;
  const skipSpace = (): void => {
    while (/\s/.test(text.charAt(at))) at++;
  };
  return {
    take: (pattern: RegExp): string | null => {
      skipSpace();
      pattern.lastIndex = at;
      const found = pattern.exec(text)?.[0] ?? null;
      at += found?.length ?? 0;
      return found;
    },
    sees: (sign: string): boolean => {
      skipSpace();
      return text.startsWith(sign, at);
    },
    accept: (sign: string): boolean => {
      skipSpace();
      if (!text.startsWith(sign, at)) return false;
      at += sign.length;
      return true;
    },
    rest: (): string => text.slice(at).trim(),
  };
}

function takeItems(scanner: Scanner, end: string): SelectorResult<readonly Matcher[]> {
  const matchers: Matcher[] = [];
  const isAtEnd = (): boolean => (end === '' ? scanner.rest() === '' : scanner.accept(end));
  while (!isAtEnd()) {
    const label = scanner.take(labelName);
    const op = label === null ? null : scanner.take(operator);
    if (label === null || !isOperator(op)) return problem(`expected a condition such as job="shop" at ${show(scanner.rest())}`);
    const literal = scanner.take(quoted);
    if (literal === null) return problem(`the value of ${label} must be in quotes, such as ${label}="…"`);
    matchers.push({ label, op, literal });
    if (scanner.accept(',')) continue;
    if (isAtEnd()) break;
    return problem(`expected a comma${end && ` or ${end}`} at ${show(scanner.rest())}`);
  }
  return done(matchers);
}

function isOperator(op: string | null): op is Matcher['op'] {
  return op === '=' || op === '!=' || op === '=~' || op === '!~';
}

function toSelector(name: string | null, items: readonly Matcher[]): SelectorResult<Selector> {
  const names = items.filter(({ label }) => label === nameLabel);
  const matchers = items.filter(({ label }) => label !== nameLabel);
  if (name !== null) return names.length > 0 ? problem('the metric is named twice') : done({ metric: name, matchers });
  const [only, ...more] = names;
  if (!only) return problem(`no metric is named; write it before the braces, such as ${example}`);
  if (more.length > 0) return problem('the metric is named twice');
  const metric = only.literal.slice(1, -1);
  if (only.op !== '=' || metric === '' || metric.includes('\\')) return problem('one metric must be named, by __name__="…"');
  return done({ metric, matchers });
}

function describeRest(rest: string, name: string | null = null): string {
  if (rest === '') return `no metric is named; write a selector such as ${example}`;
  const call = name ?? /^\w+/.exec(rest)?.[0];
  if (rest.startsWith('(') || /^(by|without)\b/.test(rest)) {
    return `a selector names raw counters, such as ${example}; ${call}(…) is a function and belongs under \`query:\``;
  }
  if (rest.startsWith('[')) return `a selector has no range: leave out ${show(rest)}, Bakewatch reads the raw samples of every tick`;
  if (/^offset\b|^@/.test(rest)) return `a selector has no offset and no time: leave out ${show(rest)}`;
  return `a selector is one metric and its labels, such as ${example}; ${show(rest)} belongs under \`query:\``;
}

function show(text: string): string {
  if (text === '') return 'the end';
  return `"${text.length > 40 ? `${text.slice(0, 40)}…` : text}"`;
}

function done<T>(value: T): SelectorResult<T> {
  return { ok: true, value };
}

function problem(words: string): { readonly ok: false; readonly problem: string } {
  return { ok: false, problem: words };
}
