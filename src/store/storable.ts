/**
 * A text that PostgreSQL accepts: it refuses NUL in `text` and `jsonb`, and lone surrogates in `jsonb`. Both become U+FFFD, so that no label, log line or
 * name from outside makes an insert fail.
 */
export function storableText(text: string): string {
  return text.replaceAll('\u0000', '\uFFFD').toWellFormed();
}

/**
 * A value that `jsonb` accepts: texts and keys are made storable; `NaN` and infinities become texts, which `AnyNumber` of `read.ts` reads back (JSON would
 * turn them into `null`, which means a missing tick).
 */
export function storable(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (Array.isArray(value)) return value.map(storable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [storableText(key), storable(entry)]));
}
