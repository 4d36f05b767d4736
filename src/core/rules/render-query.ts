import { AppError } from '../base/errors.ts';
import { nameProblem } from '../base/name-pattern.ts';

/** Every placeholder that a query or a matcher may contain, with its value in words. */
export const queryPlaceholders = {
  service: 'the service of the deploy',
  environment: 'the environment of the deploy',
  version: 'the version of the deploy',
  commit: 'the commit of the deploy',
  known_good: 'the version to which a rollback would return',
  step: 'the length of one tick, such as 15s',
  matchers: 'the matchers of the `control` section: of the canary or of the stable release',
} as const;

/** The name of a placeholder, without its dollar sign. */
export type QueryPlaceholder = keyof typeof queryPlaceholders;

/** The values of the placeholders. `matchers` is a rendered text of the rule file. Every other value must match `namePattern`. */
export type QueryValues = { readonly [name in QueryPlaceholder]?: string | null | undefined };

/** Matches `$name`, `${name}` and `$$`. Any other dollar sign (the end of a regular expression, `$1`) stays as it is. */
const placeholderToken = /\$(?:(\$)|\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))/g;

/** Whether a word (without its dollar sign) is a placeholder. */
export function isPlaceholder(name: string): name is QueryPlaceholder {
  return Object.hasOwn(queryPlaceholders, name);
}

/** Returns the placeholder names in a text, known or unknown, each once, in order of appearance. */
export function placeholdersIn(text: string): readonly string[] {
  const names = new Set<string>();
  for (const [, , braced, bare] of text.matchAll(placeholderToken)) {
    const name = braced ?? bare;
    if (name !== undefined) names.add(name);
  }
  return [...names];
}

/**
 * Replaces the placeholders of a query or matcher. `$$` becomes one dollar sign. In a regular expression, each value stands for itself: `=~"$version"`
 * becomes `=~"v1\\.2"`. Throws `AppError` (`invalid`) for an unknown placeholder, a placeholder without a value, or a value that is not a valid name.
 */
export function renderQuery(text: string, values: QueryValues): string {
  return splitStrings(text)
    .map(({ part, quote }) => renderText(part, values, quote === null ? undefined : (value) => regexLiteral(value, quote)))
    .join('');
}

type QueryPart = {
  readonly part: string;
  /** The quote of a regular expression; `null` for all other text. */
  readonly quote: string | null;
};

/** A comment, or a string with what compares it. PromQL and LogQL write `=~`, `!~` and `|~` before a regular expression. */
const stringOrComment = /#[^\n]*|([=!|]~\s*)?("(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|`[^`]*`?)/gs;

/** Cuts a query into regular expressions and all between them. Joined, the parts are the query. */
function splitStrings(text: string): readonly QueryPart[] {
  const parts: QueryPart[] = [];
  let end = 0;
  for (const { 0: whole, 1: operator, 2: string = '', index } of text.matchAll(stringOrComment)) {
    if (operator === undefined) continue;
    parts.push({ part: text.slice(end, index), quote: null }, { part: whole, quote: string.slice(0, 1) });
    end = index + whole.length;
  }
  return [...parts, { part: text.slice(end), quote: null }];
}

/** A value as a regular expression (RE2) that matches only this value, within a string of PromQL. Between backticks nothing is escaped. */
function regexLiteral(value: string, quote: string): string {
  const literal = value.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
  return quote === '`' ? literal : literal.replaceAll('\\', '\\\\');
}

/**
 * Replaces the placeholders of any text. `encode` encodes each value for its destination, such as a URL. `matchers` are taken as they are. Throws
 * `AppError` as `renderQuery` does.
 */
export function renderText(text: string, values: QueryValues, encode: (value: string) => string = (value) => value): string {
  return text.replace(placeholderToken, (_, dollar?: string, braced?: string, bare?: string) =>
    dollar === undefined ? placeholderText(braced ?? bare ?? '', values, encode) : '$',
  );
}

/**
 * Replaces each placeholder by a stand-in of the same length, so that a parser of queries can read the text and every position stays. `matchers` is a
 * condition, or spaces where they are empty.
 */
export function standIns(text: string, matchers?: ''): string {
  return text.replace(placeholderToken, (written, dollar?: string, braced?: string, bare?: string) => {
    if (dollar !== undefined) return written;
    const size = written.length;
    const name = braced ?? bare;
    if (name === 'step') return `1${'0'.repeat(size - 2)}s`;
    if (name === 'matchers') return matchers === '' ? ' '.repeat(size) : `${'a'.repeat(size - 3)}=""`;
    return 'a'.repeat(size);
  });
}

function placeholderText(name: string, values: QueryValues, encode: (value: string) => string): string {
  const value = placeholderValue(name, values);
  return name === 'matchers' ? value : encode(value);
}

function placeholderValue(name: string, values: QueryValues): string {
  if (!isPlaceholder(name)) throw new AppError('invalid', `unknown placeholder $${name}; known: ${listPlaceholders()}`);
  const value = values[name];
  if (value === undefined || value === null) throw new AppError('invalid', `the query needs $${name}, which this deploy does not have`);
  const problem = name === 'matchers' ? null : nameProblem(value);
  if (problem) throw new AppError('invalid', `the value of $${name} ${problem}`);
  return value;
}

/** Lists all placeholders, as people write them. For messages. */
export function listPlaceholders(): string {
  return Object.keys(queryPlaceholders)
    .map((name) => `$${name}`)
    .join(', ');
}
