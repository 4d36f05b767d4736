import { z } from 'zod';
import { placeholdersIn } from '../src/core/rules/render-query.ts';

const maxLength = 200;

/** The names that rules may give values for, each with a regular expression that the whole value must match. */
export const ArgumentPatterns = z.record(
  z.string().regex(/^[A-Za-z][\w.-]{0,63}$/, 'is not a name: letters, digits and . _ - only, beginning with a letter'),
  z.string().min(1).max(500).refine(isPattern, 'is not a regular expression'),
);

/** Declared names and their patterns. */
export type DeclaredArguments = z.output<typeof ArgumentPatterns>;

/** Whether the placeholders of a rule are filled in. Until then, a value that has some is not compared with its pattern. */
export type ArgumentState = 'filled' | 'unfilled';

/** Returns what is wrong with an argument of a rule, or `null`. */
export function argumentProblem(
  declared: DeclaredArguments,
  { name, value }: { readonly name: string; readonly value: string },
  state: ArgumentState,
): string | null {
  const pattern = Object.hasOwn(declared, name) ? declared[name] : undefined;
  if (pattern === undefined)
    return `the config declares no ${JSON.stringify(name.slice(0, 60))}; declared: ${Object.keys(declared).join(', ') || 'none'}`;
  if (value.length > maxLength) return `the value of ${name} is ${value.length} characters long, the maximum is ${maxLength}`;
  if (/\p{Cc}/u.test(value)) return `the value of ${name} holds a control character`;
  if (state === 'unfilled' && placeholdersIn(value).length > 0) return null;
  const meant = state === 'unfilled' ? value.replaceAll('$$', '$') : value;
  return new RegExp(`^(?:${pattern})$`, 'u').test(meant) ? null : `the value of ${name} does not match ${pattern}`;
}

function isPattern(text: string): boolean {
  try {
    new RegExp(`^(?:${text})$`, 'u');
    return true;
  } catch {
    return false;
  }
}
