import { AppError } from '../base/errors.ts';
import { nameProblem } from '../base/names.ts';

/** Every placeholder that a query or a matcher may hold, with what takes its place. */
export const queryPlaceholders = {
  service: 'the service of the deploy',
  environment: 'the environment of the deploy',
  version: 'the version that bakes',
  commit: 'the commit of the version that bakes',
  known_good: 'the version that a rollback would return to',
  step: 'the length of one tick, such as 15s',
  matchers: 'the matchers of the `control` section: those of the canary, or of the stable release',
} as const;

export type QueryPlaceholder = keyof typeof queryPlaceholders;

/** What is filled in. `matchers` is itself a rendered text of the rule file; everything else must match the strict pattern of names. */
export type QueryValues = { readonly [name in QueryPlaceholder]?: string | null | undefined };

/** One `$name`, `${name}` or `$$`. A dollar sign before anything else (the end anchor of a regular expression, `$1`) stands for itself. */
const placeholderToken = /\$(?:(\$)|\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))/g;

/** Whether a word (without its dollar sign) is a placeholder. */
export function isPlaceholder(name: string): name is QueryPlaceholder {
  return Object.hasOwn(queryPlaceholders, name);
}

/** The names after each dollar sign of a text, known or not, each once and in order of appearance. */
export function placeholdersIn(text: string): readonly string[] {
  const names = new Set<string>();
  for (const [, , braced, bare] of text.matchAll(placeholderToken)) {
    const name = braced ?? bare;
    if (name !== undefined) names.add(name);
  }
  return [...names];
}

/**
 * Fills the placeholders of a query or matcher in; `$$` becomes one dollar sign. `encode` is how a value is written where the text goes.
 * Throws `AppError` (`invalid`) for an unknown placeholder, one without a value, or a value that is not a name.
 */
export function renderQuery(text: string, values: QueryValues, encode: (value: string) => string = (value) => value): string {
  return text.replace(placeholderToken, (_, dollar?: string, braced?: string, bare?: string) =>
    dollar === undefined ? encode(placeholderValue(braced ?? bare ?? '', values)) : '$',
  );
}

function placeholderValue(name: string, values: QueryValues): string {
  if (!isPlaceholder(name)) throw new AppError('invalid', `unknown placeholder $${name}; known: ${listPlaceholders()}`);
  const value = values[name];
  if (value === undefined || value === null) throw new AppError('invalid', `the query needs $${name}, which this deploy does not have`);
  const problem = name === 'matchers' ? null : nameProblem(value);
  if (problem) throw new AppError('invalid', `the value of $${name} ${problem}`);
  return value;
}

/** All placeholders as people write them, for messages. */
export function listPlaceholders(): string {
  return Object.keys(queryPlaceholders)
    .map((name) => `$${name}`)
    .join(', ');
}
