import { z } from 'zod';
import type { NonEmpty } from '../core/base/non-empty.ts';

/**
 * Parses a stored JSON value. Unknown keys are dropped (a newer version may have written them); a shape that is not understood is a bug or
 * a damaged row, and says which.
 */
export function read<Schema extends z.ZodType>(schema: Schema, value: unknown, what: string): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new Error(`the stored ${what} cannot be read: ${z.prettifyError(result.error)}`, { cause: result.error });
}

/** Reasons are never empty. */
export const Reasons = z.tuple([z.string()], z.string()) satisfies z.ZodType<NonEmpty<string>>;

const words: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

// A number as `storable` wrote it: JSON has no word for NaN and infinities, so they are texts.
function decodeNumber(value: unknown): number | undefined {
  return typeof value === 'number' ? value : typeof value === 'string' ? words[value] : undefined;
}

/** A number that may be `NaN` or infinite. */
export const AnyNumber = z.unknown().transform((value, context): number => {
  const number = decodeNumber(value);
  if (number !== undefined) return number;
  context.addIssue({ code: 'custom', message: 'not a number' });
  return z.NEVER;
});

/** One number a tick, `null` for a missing one. Decoded in one plain loop, because a frozen history holds many thousands. */
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
