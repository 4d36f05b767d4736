import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { logScale, referenceOf } from '../../../analyzers/regression/gauge/log-scale.ts';

const reference = fc.double({ min: 1e-6, max: 1e9, noNaN: true });
const share = fc.double({ min: 0, max: 1e4, noNaN: true });
const referenceOfAll = (...values: number[]) => referenceOf({ startAt: 0, stepMs: 1, values: Float64Array.from(values) });

describe('the logarithmic scale', () => {
  test('leads there and back', () => {
    fc.assert(
      fc.property(reference, share, (unit, times) => {
        const { to, from } = logScale(unit);
        expect(Math.abs(from(to(times * unit)) - times * unit)).toBeLessThan(1e-8 * unit * (1 + times));
      }),
    );
  });

  test('is the same in every unit', () => {
    fc.assert(
      fc.property(reference, share, fc.constantFrom(1e-3, 60, 1024), (unit, times, factor) => {
        expect(logScale(factor * unit).to(factor * times * unit)).toBeCloseTo(logScale(unit).to(times * unit), 8);
      }),
    );
  });

  test('puts the reference at 1, each half about the same distance further down, and 0 at the lowest place', () => {
    const { to, from } = logScale(80);
    expect(to(80)).toBe(1);
    expect(to(40) - to(20)).toBeCloseTo(to(80) - to(40), 1);
    expect(to(0)).toBeCloseTo(1 - Math.log(101), 10);
    expect(from(to(0))).toBe(0);
    expect(to(-5)).toBe(to(0));
    expect(to(Number.NaN)).toBeNaN();
  });
});

describe('the reference of the scale', () => {
  test('is the median of the known numbers', () => {
    expect(referenceOfAll(5, Number.NaN, 1, 900)).toBe(5);
  });

  test('is there where one of two hundred is 0', () => {
    expect(referenceOfAll(0, ...Array.from({ length: 200 }, () => 7))).toBe(7);
  });

  test.for([
    { name: 'numbers are often 0', values: [3, 0, 4] },
    { name: 'a number is negative', values: [3, -1, 4] },
    { name: 'nothing is known', values: [Number.NaN] },
    { name: 'there is nothing', values: [] },
    { name: 'all numbers are too small to be divided', values: [5e-324, 5e-324] },
  ])('is missing where $name', ({ values }) => {
    expect(referenceOfAll(...values)).toBeNull();
  });
});
