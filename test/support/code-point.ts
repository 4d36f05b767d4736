import fc from 'fast-check';

/**
 * Any code point, half surrogate pairs included, as the unit of a `fc.string`. The unit `binary` of fast-check is the same, but its first use takes more
 * than a second: it builds a table of all code points.
 */
export const codePoint: fc.Arbitrary<string> = fc.integer({ min: 0, max: 0x10ffff }).map((code) => String.fromCodePoint(code), codeOf);

/** The inverse: with it, fast-check also makes texts such as `__proto__`. It expects an error for anything else. */
function codeOf(text: unknown): number {
  const code = typeof text === 'string' ? text.codePointAt(0) : undefined;
  if (code === undefined || String.fromCodePoint(code) !== text) throw new Error('not one code point');
  return code;
}
