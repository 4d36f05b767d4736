import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BucketRow, packNumbers, packRows, unpackNumbers, unpackRows } from '../../../src/core/series/packed-numbers.ts';

const anyNumber = fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.double(), fc.constant(null));

describe('packed numbers', () => {
  test('are the same once they are unpacked, whatever they are', () => {
    fc.assert(
      fc.property(fc.array(anyNumber, { maxLength: 100, size: 'max' }), (numbers) => {
        expect(unpackNumbers(packNumbers(numbers))).toEqual(numbers);
      }),
    );
  });

  test.for([
    { name: 'none', numbers: [], bytes: 0 },
    { name: 'missing numbers', numbers: [null, null], bytes: 2 },
    { name: 'a count that stays near', numbers: [60, 3, 0, 62], bytes: 4 },
    { name: 'requests by the thousand', numbers: [1_000, 1_400, 900], bytes: 6 },
    { name: 'the largest distances', numbers: [2 ** 50, -(2 ** 50), 2 ** 50], bytes: 24 },
    { name: 'whole numbers with no exact distance', numbers: [2 ** 50 + 1, 1, 2 ** 53], bytes: 19 },
    { name: 'a fraction between counts', numbers: [7, 0.1, 8], bytes: 11 },
    { name: 'numbers that are none', numbers: [Number.NaN, Number.POSITIVE_INFINITY, -0], bytes: 27 },
  ])('take few bytes: $name', ({ numbers, bytes }) => {
    const packed = packNumbers(numbers);
    expect(packed).toHaveLength(bytes);
    expect(unpackNumbers(packed)).toEqual(numbers);
  });
});

test('packed rows are the same once they are unpacked', () => {
  const row: fc.Arbitrary<BucketRow> = fc.oneof(fc.array(fc.oneof(fc.nat(), fc.double()), { maxLength: 10 }), fc.constant(null));
  fc.assert(
    fc.property(fc.array(row, { maxLength: 50, size: 'max' }), (rows) => {
      expect(unpackRows(packRows(rows))).toEqual(rows);
    }),
  );
});

test('a row of buckets takes a byte or two for each', () => {
  expect(packRows([[3, 20, 41, 44, 44], [2, 18, 37, 40, 41], null])).toHaveLength(13);
});

test('rows may have very many buckets', () => {
  const rows = Array.from({ length: 40 }, (_, tick) => Array.from({ length: 500 }, (_, bucket) => tick + bucket / 7));
  expect(unpackRows(packRows(rows))).toEqual(rows);
});
