import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boundFor, type ReadingOptions, readings, wholeReading } from '../../../src/core/judge/readings.ts';
import { lengthOf, sliceTicks, type Ticks } from '../../../src/core/series/ticks.ts';
import { anyTicks } from '../../support/any-ticks.ts';
import { aStretch, ratio } from '../../support/builders.ts';

const [nan, inf] = [Number.NaN, Number.POSITIVE_INFINITY];
const value = (...numbers: readonly (number | null)[]): Ticks => ({ kind: 'value', value: numbers });
const rate = (count: readonly (number | null)[], exposure?: readonly (number | null)[]): Ticks =>
  exposure ? { kind: 'rate', count, exposure } : { kind: 'rate', count };
/** Bounds of 0.1 s, 0.5 s and above. */
const latency = (...buckets: readonly (readonly number[] | null)[]): Ticks => ({ kind: 'latency', le: [0.1, 0.5, inf], buckets });

type Row = {
  name: string;
  given: Ticks;
  least?: number;
  slower?: number;
  expected: readonly (readonly [value: number, samples: number])[];
};
const rows: readonly Row[] = [
  {
    name: 'each tick with enough samples is a reading',
    given: ratio([1, 2]),
    expected: [
      [0.01, 100],
      [0.02, 100],
    ],
  },
  { name: 'ticks are put together until there are enough samples', given: ratio([1, 2, 3]), least: 150, expected: [[0.015, 200]] },
  { name: 'no traffic is no reading', given: ratio([0, 0], 0), least: 0, expected: [] },
  { name: 'a missing tick is not a zero', given: ratio([4, null, 2]), least: 200, expected: [[0.03, 200]] },
  { name: 'more bad than all counts as all', given: ratio([150]), expected: [[1, 100]] },
  {
    name: 'negative and non-finite counts are missing',
    given: ratio([-1, nan, inf, 1, 1], [100, 100, 100, nan, 100]),
    expected: [[0.01, 100]],
  },
  { name: 'numbers too large to add up say nothing', given: ratio([1e308, 1e308, 1], [1e308, 1e308, 100]), least: 1.5e308, expected: [] },
  { name: 'a rate is events a second', given: rate([30]), least: 1, expected: [[2, 1]] },
  { name: 'a rate with an exposure is events a unit of it', given: rate([30], [60]), least: 1, expected: [[0.5, 1]] },
  { name: 'a rate without exposure in its tick waits for some', given: rate([30, 0], [0, 60]), least: 1, expected: [[0.5, 2]] },
  { name: 'latency is the share above the bound', given: latency([50, 90, 100]), slower: 0.5, expected: [[0.1, 100]] },
  { name: 'a limit between two bounds takes the higher one', given: latency([50, 90, 100]), slower: 0.2, expected: [[0.1, 100]] },
  { name: 'a limit above all bounds cannot be read off', given: latency([50, 90, 100]), slower: 0.6, expected: [] },
  { name: 'a tick that knows fewer buckets is missing', given: latency([], [50, 90, 100]), slower: 0.1, expected: [[0.5, 100]] },
  { name: 'a value is averaged over as many ticks as are needed', given: value(1, null, nan, 3, inf), least: 2, expected: [[2, 2]] },
  { name: 'values may be negative', given: value(-5), least: 1, expected: [[-5, 1]] },
];

test.for(rows)('$name', ({ given, least = 100, slower, expected }) => {
  const list = readings(aStretch(given), { minSamples: least, slowerThan: slower });
  expect(list.map((one) => [one.value, one.samples])).toEqual(expected);
});

test.for([
  { limit: 0.5, expected: 0.5 },
  { limit: 0.5 * (1 + 1e-12), expected: 0.5 },
  { limit: 0.2, expected: 0.5 },
  { limit: 0.6, expected: null },
])('the bound for a limit of $limit s is $expected', ({ limit, expected }) => {
  expect(boundFor([0.1, 0.5, Infinity], limit)).toBe(expected);
});

describe('whatever the ticks hold', () => {
  const options: fc.Arbitrary<ReadingOptions> = fc.record({
    minSamples: fc.integer({ min: 0, max: 300 }),
    slowerThan: fc.constantFrom(0.1, 0.3, 2),
  });

  test('readings do not overlap, hold enough samples, and are finite', () => {
    fc.assert(
      fc.property(anyTicks(), options, (ticks, how) => {
        const list = readings(aStretch(ticks), how);
        for (const [i, one] of list.entries()) {
          expect(one.from).toBeGreaterThanOrEqual(list[i - 1]?.to ?? 0);
          expect(one.samples).toBeGreaterThanOrEqual(how.minSamples);
          expect([one.from < one.to, one.to <= lengthOf(ticks), Number.isFinite(one.value)]).toEqual([true, true, true]);
        }
      }),
    );
  });

  test('what was read stays as it was when more ticks come', () => {
    fc.assert(
      fc.property(anyTicks(), options, fc.nat({ max: 30 }), (ticks, how, length) => {
        const early = readings(aStretch(sliceTicks(ticks, 0, length)), how);
        expect(readings(aStretch(ticks), how).slice(0, early.length)).toEqual(early);
      }),
    );
  });

  test('the whole is finite, or nothing', () => {
    fc.assert(
      fc.property(anyTicks(), options, (ticks, how) => {
        const whole = wholeReading(aStretch(ticks), how.slowerThan);
        expect(whole === null || Number.isFinite(whole.value)).toBe(true);
      }),
    );
  });
});
