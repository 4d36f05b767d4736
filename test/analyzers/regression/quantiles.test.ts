import fc from 'fast-check';
import { expect, test } from 'vitest';
import { medianOf, quantileOf, quantileSorted, sorted } from '../../../analyzers/regression/math/quantiles.ts';

/** Few different ones, so that many are equal. */
const numbers = fc.array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true })), { maxLength: 60, size: 'max' });

test('a quantile of numbers in any order is that of the sorted ones', () => {
  fc.assert(
    fc.property(numbers, fc.double({ min: 0, max: 1, noNaN: true }), (list, p) => {
      expect(quantileOf(list, p) + 0).toBe(quantileSorted(sorted(list), p) + 0);
    }),
  );
});

test('the median is the middle of the sorted numbers, or between the middle two', () => {
  fc.assert(
    fc.property(numbers, (list) => {
      const all = sorted(list);
      const [low, high] = [all[Math.ceil(all.length / 2) - 1] ?? Number.NaN, all[Math.floor(all.length / 2)] ?? Number.NaN];
      expect(medianOf(list) + 0).toBe(low / 2 + high / 2 + 0);
    }),
  );
});

test('the numbers that are given stay where they are', () => {
  const list = [3, 1, 2];
  expect([medianOf(list), quantileOf(list, 1), list]).toEqual([2, 3, [3, 1, 2]]);
});
