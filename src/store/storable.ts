/**
 * A text as PostgreSQL can hold it: it refuses NUL in `text` and `jsonb`, and lone surrogates in `jsonb`. Both become U+FFFD, so that no
 * label, log line or name from outside can make an insert fail.
 */
export function storableText(text: string): string {
  return text.replaceAll('\u0000', '\uFFFD').toWellFormed();
}

/**
 * A value as `jsonb` can hold it: texts and keys made storable, `NaN` and infinities as the words that `read.ts` reads
 * back (JSON would turn them into `null`, which means a missing tick).
 */
export function storable(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (Array.isArray(value)) return value.map(storable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [storableText(key), storable(entry)]));
}
