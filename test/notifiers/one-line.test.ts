import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { oneLine } from '../../src/notifiers/one-line.ts';
import { reasonLines } from '../../src/notifiers/reason-lines.ts';

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300, size: 'max' }),
  fc.string({ unit: 'grapheme', maxLength: 300, size: 'max' }),
);
const quote = (character: string) => character.replaceAll('&', '&amp;');

describe('one line of text', () => {
  test.for([
    ['short enough', 12, 'short enough'],
    ['short enough', 11, 'short enou…'],
    ['a\n\tb\u0000c ', 20, 'a b c'],
    ['👩‍👩‍👧👩‍👩‍👧', 15, '👩‍👩‍👧…'],
    ['é'.normalize('NFD').repeat(3), 4, `${'é'.normalize('NFD')}…`],
    ['evil\u202egpj.exe', 20, 'evilgpj.exe'],
    ['\u200b \u0000', 20, '–'],
    ['', 20, '–'],
  ] as const)('%j within %i is %j', ([text, limit, line]) => expect(oneLine(text, limit)).toBe(line));

  test('what is made of one character is never cut in two', () => {
    expect(oneLine('a&&&', 9, quote)).toBe('a&amp;…');
    expect(oneLine('a&', 6, quote)).toBe('a&amp;');
  });

  test('it is never too long, never empty, and always well-formed', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 2, max: 320 }), (text, limit) => {
        const line = oneLine(text, limit, quote);
        expect(line.length).toBeLessThanOrEqual(limit);
        expect(line).not.toBe('');
        expect(line.isWellFormed()).toBe(true);
        expect(line).not.toMatch(/[\p{Cc}\n]/u);
      }),
    );
  });
});

describe('the reasons', () => {
  test('are a line each, and those that are left out are counted', () => {
    const room = { room: 200, each: 40, most: 3 };
    expect(reasonLines(['one', 'two'], room)).toEqual(['• one', '• two']);
    expect(reasonLines(['one', 'two', 'three', 'four', 'five'], room)).toEqual(['• one', '• two', '• three', '… and 2 more']);
  });

  test('keep to their room with separators, however long they are', () => {
    fc.assert(
      fc.property(fc.array(anyText, { minLength: 1, maxLength: 30, size: 'max' }), (reasons) => {
        const lines = reasonLines(reasons, { room: 400, each: 150, most: 10 });
        expect(lines.join('<br>').length).toBeLessThanOrEqual(400);
        expect(lines.every((line) => line.length <= 150)).toBe(true);
        expect(lines.length).toBeLessThanOrEqual(11);
      }),
    );
  });
});
