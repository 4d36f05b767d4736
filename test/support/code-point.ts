import fc from 'fast-check';

const surrogates = { from: 0xd800, count: 0x800 };

/**
 * Any code point without half surrogate pairs, as the unit of a `fc.string`. The unit `binary` of fast-check is the same, but its first use takes more
 * than a second: it builds a table of all code points.
 */
export const codePoint: fc.Arbitrary<string> = fc
  .integer({ min: 0, max: 0x10ffff - surrogates.count })
  .map((index) => String.fromCodePoint(index < surrogates.from ? index : index + surrogates.count), indexOf);

/** The inverse: with it, fast-check also makes texts such as `__proto__`. It expects an error for anything else. */
function indexOf(text: unknown): number {
  const code = typeof text === 'string' ? text.codePointAt(0) : undefined;
  const isWhole = code !== undefined && String.fromCodePoint(code) === text;
  if (!isWhole || (code >= surrogates.from && code < surrogates.from + surrogates.count)) throw new Error('not one code point');
  return code < surrogates.from ? code : code - surrogates.count;
}
