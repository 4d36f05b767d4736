import { z } from 'zod';
import { formatDuration, parseDuration } from '../base/duration.ts';
import { namePattern, nameProblem } from '../base/name-pattern.ts';
import type { Like } from './rule-set.ts';

const durationPattern = '^(0|(\\d+(\\.\\d+)?(ms|s|m|h|d|w))+)$';
const percentPattern = '^-?\\d+(\\.\\d+)?\\s*%$';

type DurationLimits = { readonly min?: string; readonly max?: string };

/** A duration within limits. Parses to milliseconds. */
export function duration(limits: DurationLimits = {}) {
  const written = z.union([z.string().meta({ pattern: durationPattern }), z.number().meta({ const: 0 })]);
  return written.transform((value, context) => {
    const ms = typeof value === 'string' ? parseDuration(value) : value === 0 ? 0 : null;
    const wrong = ms === null ? notADuration(value) : outsideLimits(ms, limits);
    if (ms !== null && wrong === null) return ms;
    context.addIssue({ code: 'custom', ...(wrong ?? notADuration(value)) });
    return z.NEVER;
  });
}

type DurationProblem = { readonly message: string; readonly params: { readonly hint: string } };

function notADuration(value: string | number): DurationProblem {
  const [short, long] = typeof value === 'number' && value >= 100 ? ['ms', 's'] : ['s', 'm'];
  const example = typeof value === 'number' ? `${value}${short} or ${value}${long}` : '30s, 15m or 1h30m';
  const hint = typeof value === 'number' ? `add a unit, such as ${example}` : `write a number and a unit, such as ${example}`;
  return { message: `${show(value)} is not a duration`, params: { hint } };
}

function outsideLimits(ms: number, { min, max }: DurationLimits): DurationProblem | null {
  const hint = min === undefined ? `the maximum is ${max}` : max === undefined ? `the minimum is ${min}` : `write ${min} to ${max}`;
  if (min !== undefined && ms < (parseDuration(min) ?? 0)) return { message: `${formatDuration(ms)} is too short`, params: { hint } };
  if (max !== undefined && ms > (parseDuration(max) ?? 0)) return { message: `${formatDuration(ms)} is too long`, params: { hint } };
  return null;
}

/** A number or a percentage, as written. Which of the two is valid depends on the check. */
export type Amount = { readonly value: number; readonly isPercent: boolean; readonly text: string };

/** `0.1`, `250` or `10%`. */
export const Amount = z.union([z.number(), z.string().meta({ pattern: percentPattern })]).transform((written, context): Amount => {
  if (typeof written === 'number') return { value: written, isPercent: false, text: String(written) };
  const match = /^(-?\d+(?:\.\d+)?)\s*%$/.exec(written);
  if (match) return { value: percentToShare(match[1] ?? ''), isPercent: true, text: written };
  context.addIssue({
    code: 'custom',
    message: `${show(written)} is not a number or a percentage`,
    params: { hint: 'write for example 0.2 or 20%, without quotes' },
  });
  return z.NEVER;
});

/** Divides a decimal text by 100 without rounding errors: `7%` is 0.07, not 0.07000000000000001. */
function percentToShare(decimal: string): number {
  return Number(`${decimal}e-2`);
}

/** A name that may reach a command, a query or a URL. */
export const RuleName = z
  .string()
  .meta({ pattern: namePattern.source })
  .superRefine((text, context) => {
    const problem = nameProblem(text);
    if (problem) context.addIssue({ code: 'custom', message: `${show(text)} ${problem}` });
  });

/** `k of n`: at least `k` of the last `n` readings must be bad. */
export const Damping = z
  .string()
  .meta({ pattern: '^\\d+\\s+of\\s+\\d+$' })
  .transform((text, context) => {
    const match = /^(\d{1,9})\s+of\s+(\d{1,9})$/.exec(text);
    const wrong = match ? dampingProblem(Number(match[1]), Number(match[2])) : `${show(text)} is not of the form \`2 of 3\``;
    if (match && wrong === null) return { k: Number(match[1]), n: Number(match[2]) };
    context.addIssue({
      code: 'custom',
      message: wrong ?? '',
      params: { hint: 'write how many of how many readings must be bad, such as 2 of 3' },
    });
    return z.NEVER;
  });

function dampingProblem(k: number, n: number): string | null {
  if (k < 1) return 'at least one reading must be bad';
  if (k > n) return `${k} of ${n} is impossible`;
  return n > 100 ? `${n} readings are too many: the maximum is 100` : null;
}

/** `before`, or whole days ago such as `1d` and `7d`. */
export const PastStretch = z
  .string()
  .meta({ pattern: '^(before|\\d+[dw])$' })
  .transform((text, context) => pastStretch(text) ?? notAStretch(text, context, 'a past time', ''));

/** What a reading is compared with: a past time, or the control. */
export const CompareTo = z
  .string()
  .meta({ pattern: '^(before|control|\\d+[dw])$' })
  .transform((text, context) => {
    if (text === 'control') return { kind: 'control' } as const;
    return pastStretch(text) ?? notAStretch(text, context, 'something to compare with', '`control`, ');
  });

function pastStretch(text: string): Like | null {
  if (text === 'before') return { kind: 'before' };
  const days = (parseDuration(text) ?? 0) / 86_400_000;
  return Number.isInteger(days) && days >= 1 && days <= 35 ? { kind: 'days_ago', days } : null;
}

function notAStretch(text: string, context: z.RefinementCtx, what: string, more: string): never {
  const hint = `write \`before\`, ${more}or 1d to 35d for the same time some days ago`;
  context.addIssue({ code: 'custom', message: `${show(text)} is not ${what}`, params: { hint } });
  return z.NEVER;
}

/** A time zone that this machine knows. */
export const Timezone = z.string().superRefine((text, context) => {
  if (isTimezone(text)) return;
  const hint = 'write a name of the IANA list, such as UTC or Europe/Istanbul';
  context.addIssue({ code: 'custom', message: `${show(text)} is not a time zone`, params: { hint } });
});

function isTimezone(text: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return true;
  } catch {
    return false;
  }
}

/** Formats a value for a message: a text in quotes, at most 60 characters. */
export function show(value: string | number): string {
  return typeof value === 'number' ? String(value) : `"${value.length > 60 ? `${value.slice(0, 60)}…` : value}"`;
}
