import { z } from 'zod';

const maxLength = 200;

/** The names that rules may give values for, each with a regular expression that the whole value must match. */
export const ArgumentPatterns = z.record(
  z.string().regex(/^[A-Za-z][\w.-]{0,63}$/, 'is not a name: letters, digits and . _ - only, beginning with a letter'),
  z.string().min(1).max(500).refine(isPattern, 'is not a regular expression'),
);

/** Declared names and their patterns. */
export type DeclaredArguments = z.output<typeof ArgumentPatterns>;

/** Returns what is wrong with an argument of a rule, or `null`. A value with a placeholder is only known once there is a deploy. */
export function argumentProblem(declared: DeclaredArguments, name: string, value: string): string | null {
  const pattern = Object.hasOwn(declared, name) ? declared[name] : undefined;
  if (pattern === undefined)
    return `the config declares no ${JSON.stringify(name.slice(0, 60))}; declared: ${Object.keys(declared).join(', ') || 'none'}`;
  if (value.length > maxLength) return `the value of ${name} is ${value.length} characters long, the maximum is ${maxLength}`;
  if (/\p{Cc}/u.test(value)) return `the value of ${name} holds a control character`;
  if (/\$\{?[A-Za-z_]/.test(value)) return null;
  return new RegExp(`^(?:${pattern})$`, 'u').test(value) ? null : `the value of ${name} does not match ${pattern}`;
}

function isPattern(text: string): boolean {
  try {
    new RegExp(`^(?:${text})$`, 'u');
    return true;
  } catch {
    return false;
  }
}
