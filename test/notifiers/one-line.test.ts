import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { oneLine } from '../../src/notifiers/one-line.ts';
import { reasonLines } from '../../src/notifiers/reason-lines.ts';
import { codePoint } from '../support/code-point.ts';

const anyText = fc.oneof(
  fc.string({ unit: codePoint, maxLength: 300, size: 'max' }),
  fc.string({ unit: 'grapheme', maxLength: 300, size: 'max' }),
);
const escapeAmpersand = (character: string) => character.replaceAll('&', '&amp;');

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

  test('an escape is never cut', () => {
    expect(oneLine('a&&&', 9, escapeAmpersand)).toBe('a&amp;…');
    expect(oneLine('a&', 6, escapeAmpersand)).toBe('a&amp;');
  });

  test('is never too long, never empty, and always well-formed', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 2, max: 320 }), (text, limit) => {
        const line = oneLine(text, limit, escapeAmpersand);
        expect(line.length).toBeLessThanOrEqual(limit);
        expect(line).not.toBe('');
        expect(line.isWellFormed()).toBe(true);
        expect(line).not.toMatch(/[\p{Cc}\n]/u);
      }),
    );
  });
});

describe('reason lines', () => {
  test('there is one line per reason, and the omitted reasons are counted', () => {
    const limits = { totalLength: 200, lineLength: 40, maxLines: 3 };
    expect(reasonLines(['one', 'two'], limits)).toEqual(['• one', '• two']);
    expect(reasonLines(['one', 'two', 'three', 'four', 'five'], limits)).toEqual(['• one', '• two', '• three', '… and 2 more']);
  });

  test('reasons of any length keep to the limits, with separators', () => {
    fc.assert(
      fc.property(fc.array(anyText, { minLength: 1, maxLength: 30, size: 'max' }), (reasons) => {
        const lines = reasonLines(reasons, { totalLength: 400, lineLength: 150, maxLines: 10 });
        expect(lines.join('<br>').length).toBeLessThanOrEqual(400);
        expect(lines.every((line) => line.length <= 150)).toBe(true);
        expect(lines.length).toBeLessThanOrEqual(11);
      }),
    );
  });
});
