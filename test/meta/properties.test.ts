import { describe, expect, test } from 'vitest';
import { sourcesBelow } from './tree.ts';

/** fast-check makes arrays, texts and maps of up to about ten elements by default, whatever their maximum says. */
const defaultMaximum = 10;
const maximum = /\bmax(?:Length|Keys|Commands): ([\d_]+)/g;

describe('the sizes of what fast-check makes', () => {
  test(`a maximum over ${defaultMaximum} needs an explicit size`, () => {
    expect(sourcesBelow('test').flatMap(({ path, code }) => cutMaximums(code).map((found) => `${path}: ${found}`))).toEqual([]);
  });

  test.for([
    { name: 'a small maximum', code: 'fc.array(x, { maxLength: 10 })', cut: [] },
    { name: 'a maximum without a size', code: 'fc.array(x, { minLength: 1, maxLength: 30 })', cut: ['maxLength: 30'] },
    { name: 'a maximum with its size', code: 'fc.array(x, { maxLength: 30, size: max })', cut: [] },
    { name: 'a fixed length', code: 'fc.array(x, { minLength: 30, maxLength: 30 })', cut: [] },
    { name: 'an array in an array', code: 'fc.array(fc.array(x, { maxLength: 1_000 }), { size: max })', cut: ['maxLength: 1_000'] },
    { name: 'options with a map in them', code: 'fc.object({ maxKeys: 20, a: { b: 1 }, size: max })', cut: [] },
  ])('$name', ({ code, cut }) => expect(cutMaximums(code)).toEqual(cut));
});

/** Every maximum over the default that has no size in the same options. A fixed length needs none. */
function cutMaximums(code: string): readonly string[] {
  return [...code.matchAll(maximum)].flatMap(({ 0: found, 1: number = '', index }) => {
    const options = ownOptions(code, index);
    const isFixed = options.includes(`minLength: ${number},`);
    return Number(number.replaceAll('_', '')) <= defaultMaximum || isFixed || /\bsize:/.test(options) ? [] : [found];
  });
}

/** The object literal around an index, without nested objects. */
function ownOptions(code: string, index: number): string {
  const before = untilClosing([...code.slice(0, index)].reverse(), '}{').toReversed();
  return [...before, ...untilClosing([...code.slice(index)], '{}')].join('');
}

/** The characters before the brace that closes what they stand in; nested braces are left out. */
function untilClosing(characters: readonly string[], [open, close]: string): readonly string[] {
  let depth = 0;
  const own: string[] = [];
  for (const character of characters) {
    if (character === open) depth += 1;
    else if (character === close && depth === 0) break;
    else if (character === close) depth -= 1;
    else if (depth === 0) own.push(character);
  }
  return own;
}
