import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isScalar, parseDocument } from 'yaml';
import { textPlaces } from '../../src/rules/text-places.ts';

/** The text, and the line and column at which YAML has the sign ▸ in it. */
function placeOfMark(yaml: string): { readonly found: string; readonly written: string } {
  const at = yaml.indexOf('▸');
  const node = parseDocument(yaml).get('q', true);
  const value = isScalar(node) ? String(node.value) : '';
  const [from = 0, to = 0] = (isScalar(node) && node.range) || [];
  const places = textPlaces(yaml.slice(from, to), value);
  return { found: `${from + (places[value.indexOf('▸')] ?? -1)}`, written: `${at}` };
}

test.for([
  ['a plain text', 'q: sum(▸x)\n'],
  ['a plain text of several lines', 'q: sum(x)\n  +\n\n  sum(▸y)\nz: 1\n'],
  ['a text in single quotes', "q: 'sum(x{a=''b'',c=''▸d''})'\n"],
  ['a text in double quotes', 'q: "x{a=\\"b\\\\d\\u00e9\\x41\\",\\tc=\\"▸d\\"}"\n'],
  ['a text in double quotes of several lines', 'q: "sum(x) \\\n     + \\\n     ▸y"\n'],
  ['a literal block', 'q: |\n  sum(\n    x\n\n  ) / ▸y\n'],
  ['a literal block with a header and a comment', 'q: |2-   # why\n    sum(\n    ▸x)\n'],
  ['a folded block', 'q: >-\n  sum(x)\n  + sum(y)\n\n  + ▸z\n'],
  ['a text with an anchor', 'q: &a "x ▸y"\n'],
  ['a text with signs of two characters', 'q: "😀 {a=\\"😀▸\\"}"\n'],
])('%s: a character is found where it is written', ([, yaml]) => {
  const { found, written } = placeOfMark(yaml ?? '');
  expect(found).toBe(written);
});

test('any text in any style: every character has a place inside of it, in order', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'ab "\'\\\n#:{}é|>-'), size: 'medium' }), fc.constantFrom('"', "'"), (text, quote) => {
      const source = quote === '"' ? JSON.stringify(text) : `'${text.replaceAll("'", "''")}'`;
      const places = textPlaces(source, text);
      expect(places).toHaveLength(text.length);
      expect(places).toEqual([...places].sort((a, b) => a - b));
      expect(Math.max(0, ...places)).toBeLessThanOrEqual(source.length);
    }),
  );
});
