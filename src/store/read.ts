import { z } from 'zod';
import type { NonEmpty } from '../core/base/non-empty.ts';

/**
 * Parses a stored JSON value. Unknown keys are dropped, because a newer version may have written them. Any other mismatch is a bug or a damaged row; the
 * error names the path of the value.
 */
export function read<Schema extends z.ZodType>(schema: Schema, value: unknown, what: string): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new Error(`the stored ${what} cannot be read: ${z.prettifyError(result.error)}`, { cause: result.error });
}

/** Reasons are never empty. */
export const Reasons = z.tuple([z.string()], z.string()) satisfies z.ZodType<NonEmpty<string>>;

const wordNumbers: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

// A number as `storable` wrote it: JSON has no NaN and no infinities, so they are texts.
function decodeNumber(value: unknown): number | undefined {
  return typeof value === 'number' ? value : typeof value === 'string' ? wordNumbers[value] : undefined;
}

/** A number that may be `NaN` or infinite. */
export const AnyNumber = z.unknown().transform((value, context): number => {
  const number = decodeNumber(value);
  if (number !== undefined) return number;
  context.addIssue({ code: 'custom', message: 'not a number' });
  return z.NEVER;
});

/** One number per tick, `null` where it is missing. Decoded in one loop, because a frozen history has many thousands. */
export const StoredColumn = z.array(z.unknown()).transform((values, context): (number | null)[] => {
  const column: (number | null)[] = [];
  for (const value of values) {
    const number = value === null ? null : decodeNumber(value);
    if (number === undefined) {
      context.addIssue({ code: 'custom', message: `tick ${column.length} is not a number` });
      return z.NEVER;
    }
    column.push(number);
  }
  return column;
});
