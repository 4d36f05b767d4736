import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatDuration, parseDuration } from '../../../src/core/base/duration.ts';
import { formatNumber, formatShare } from '../../../src/core/base/format-number.ts';

describe('numbers', () => {
  test.for([
    [0, '0'],
    [-0, '0'],
    [0.1 + 0.2, '0.3'],
    [4.2176, '4.218'],
    [-4.2176, '-4.218'],
    [999.96, '1,000'],
    [1_234.5678, '1,235'],
    [1_310_000, '1,310,000'],
    [0.000_012_3, '1.23e-5'],
    [1.2e20, '1.20e+20'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
  ] as const)('%d reads %s', ([value, text]) => {
    expect(formatNumber(value)).toBe(text);
  });

  test('a share reads as a percentage', () => {
    expect(formatShare(0.0421)).toBe('4.21 %');
  });
});

describe('durations', () => {
  test.for([
    ['15s', 15_000],
    ['1h30m', 5_400_000],
    ['7d', 604_800_000],
    ['1.5m', 90_000],
    ['250ms', 250],
    ['2w', 1_209_600_000],
    ['0', 0],
    ['0s', 0],
    ['', null],
    ['15', null],
    ['-5s', null],
    ['5 s', null],
    ['s', null],
    ['1h 30m', null],
    ['5S', null],
    ['1e3s', null],
    ['99999999999999999999d', null],
  ] as const)('"%s" is %s ms', ([text, ms]) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test('every whole duration reads back as it was', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 13 }), (ms) => {
        expect(parseDuration(formatDuration(ms))).toBe(ms);
      }),
    );
  });

  test.for([
    [90_000, '1m30s'],
    [0.25, '0.25ms'],
    [1.6, '2ms'],
    [-1, '0s'],
    [Number.NaN, '0s'],
  ] as const)('%d ms reads %s', ([ms, text]) => {
    expect(formatDuration(ms)).toBe(text);
  });

  test('whatever the text, it is a whole duration or none', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const ms = parseDuration(text);
        expect(ms === null || (Number.isSafeInteger(ms) && ms >= 0)).toBe(true);
      }),
    );
  });
});
