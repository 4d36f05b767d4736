import { formatLabel, unquote } from './literals.ts';
import type { Matcher } from './selector.ts';

/** A condition on a label that can be checked here. `key` is equal for equal conditions, however they were written. */
export type CheckableCondition = {
  readonly label: string;
  readonly op: Matcher['op'];
  /** The value without quotes and escapes. */
  readonly value: string;
  readonly key: string;
  /** Whether a value of the label fulfills the condition; `''` stands for a label that is missing. `null`: servers disagree about this value. */
  readonly test: (value: string) => boolean | null;
};

/**
 * Reads a condition as the server does. `null`: only the server can check it, because its regular expression is not one of the plain ones that mean the
 * same in RE2 and in JavaScript.
 */
export function toCondition({ label, op, literal }: Matcher): CheckableCondition | null {
  const value = unquote(literal);
  if (value === null) return null;
  const base = { label, op, value, key: formatCondition({ label, op, value }) };
  if (op === '=') return { ...base, test: (text) => text === value };
  if (op === '!=') return { ...base, test: (text) => text !== value };
  const pattern = compilePlain(value);
  if (pattern === null) return null;
  // Prometheus 3 lets a dot match a line feed, Prometheus 2 does not.
  return { ...base, test: (text) => (text.includes('\n') ? null : pattern.test(text) === (op === '=~')) };
}

/** Formats a condition for Prometheus. */
export function formatCondition({ label, op, value }: Pick<CheckableCondition, 'label' | 'op' | 'value'>): string {
  return `${formatLabel(label)}${op}${JSON.stringify(value)}`;
}

/** Escapes what has a meaning in a regular expression of RE2. */
export function escapeRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

const atom = /[^\\^$.*+?()[\]{}|\n]|\.|\\[\\^$.*+?()[\]{}|/dDwW]|\[\^?(?:[A-Za-z0-9]-[A-Za-z0-9]|[^\\\][^\n-])+\]/y;
const quantifier = /[*+?]|\{\d{1,2}(?:,\d{0,2})?\}/y;
/** More of these could take JavaScript very long; RE2 never does. */
const maxQuantifiers = 3;
const maxGroups = 8;

/** Compiles a regular expression of a subset that means the same in RE2 and in JavaScript: no flags, no quantified groups, few quantifiers. */
function compilePlain(text: string): RegExp | null {
  let [at, depth, groups, quantifiers] = [0, 0, 0, 0];
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? '';
    at += found.length;
    return found !== '';
  };
  while (at < text.length) {
    if (take(/\|/y)) continue;
    if (take(/\((?:\?:)?/y)) {
      depth++;
      groups++;
    } else if (take(/\)/y)) {
      depth--;
      if (depth < 0) return null;
    } else if (!take(atom)) return null;
    else if (take(quantifier)) quantifiers++;
  }
  if (depth !== 0 || groups > maxGroups || quantifiers > maxQuantifiers) return null;
  try {
    return new RegExp(`^(?:${text})$`, 'u');
  } catch {
    return null;
  }
}
