import { describe, expect, test } from 'vitest';
import { normalCdf, normalQuantile, poissonLower, poissonUpper } from '../../../analyzers/regression/math/poisson-limits.ts';
import { clopperPearson } from '../../../src/core/base/clopper-pearson.ts';

/** Pearson & Hartley, Biometrika Tables for Statisticians I, table 40: 95 % limits of a Poisson mean (2.5 % on each side). */
describe('the exact limits of a Poisson mean are those of the Biometrika tables', () => {
  test.for([
    [0, 0, 3.69],
    [1, 0.0253, 5.57],
    [2, 0.242, 7.22],
    [5, 1.62, 11.67],
    [10, 4.8, 18.39],
    [20, 12.22, 30.89],
    [50, 37.11, 65.92],
  ] as const)('%d events', ([events, low, high]) => {
    expect(poissonLower(events, 0.025)).toBeCloseTo(low, low < 1 ? 3 : 1.9);
    expect(poissonUpper(events, 0.025)).toBeCloseTo(high, 1.9);
  });
});

/** NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.4: critical values of χ². */
describe('the limits are half of a quantile of χ²', () => {
  test.for([
    { events: 0, delta: 0.05, chi: 5.991, of: 'df 2, 0.95' },
    { events: 4, delta: 0.01, chi: 23.209, of: 'df 10, 0.99' },
    { events: 9, delta: 0.01, chi: 37.566, of: 'df 20, 0.99' },
    { events: 49, delta: 0.001, chi: 149.449, of: 'df 100, 0.999' },
  ])('above: $of', ({ events, delta, chi }) => {
    expect(2 * poissonUpper(events, delta)).toBeCloseTo(chi, 3);
  });
  test.for([
    { events: 5, delta: 0.05, chi: 3.94, of: 'df 10, 0.05' },
    { events: 10, delta: 0.01, chi: 8.26, of: 'df 20, 0.01' },
    { events: 50, delta: 0.001, chi: 61.918, of: 'df 100, 0.001' },
  ])('below: $of', ({ events, delta, chi }) => {
    expect(2 * poissonLower(events, delta)).toBeCloseTo(chi, 3);
  });
});

test('beyond the exact inverse the approximation goes on where it left off', () => {
  for (const delta of [0.1, 0.01, 0.001]) {
    expect(poissonUpper(499.0001, delta) / poissonUpper(499, delta)).toBeCloseTo(1, 4);
    expect(poissonLower(500.0001, delta) / poissonLower(500, delta)).toBeCloseTo(1, 4);
  }
});

/** Newcombe, Two-sided confidence intervals for the single proportion, Statistics in Medicine 17 (1998), table I, method 5 (Clopper-Pearson). */
describe('the exact interval of a share is that of Newcombe', () => {
  test.for([
    [81, 263, 0.2527, 0.3676],
    [15, 148, 0.0578, 0.1617],
    [0, 20, 0, 0.1684],
    [1, 29, 0.0009, 0.1776],
  ] as const)('%d of %d', ([hits, of, low, high]) => {
    const [found, above] = clopperPearson(hits, of, 0.025);
    expect(found).toBeCloseTo(low, 4);
    expect(above).toBeCloseTo(high, 4);
  });
});

/** Abramowitz & Stegun, Handbook of Mathematical Functions, tables 26.1 and 26.5. */
test('the normal distribution is that of Abramowitz and Stegun', () => {
  expect(normalCdf(1)).toBeCloseTo(0.841344746068543, 12);
  expect(normalCdf(-2)).toBeCloseTo(0.02275013194818, 12);
  expect(normalQuantile(0.975)).toBeCloseTo(1.95996398454, 10);
  expect(normalQuantile(0.999)).toBeCloseTo(3.09023230617, 10);
});

test('no number of events makes them throw', () => {
  for (const events of [-1, 0, 5e-324, 1e-9, 0.01, 0.1, 0.5, 499.9, 1e9, Number.MAX_SAFE_INTEGER]) {
    for (const delta of [0.5, 0.01, 1e-6]) {
      expect(poissonLower(events, delta)).toBeLessThanOrEqual(Math.max(0, events));
      expect(poissonUpper(events, delta)).toBeGreaterThanOrEqual(events);
    }
  }
});

test('the lower limit of a Poisson mean exists where the inverse of the gamma function underflows', () => {
  // cephes.igami throws for each of these.
  for (const [events, delta] of [
    [1.75209608599037, 1e-4],
    [2.2449460517, 1e-5],
    [2.8276481755334344, 1e-6],
  ] as const) {
    const limit = poissonLower(events, delta);
    expect(limit).toBeGreaterThan(0);
    expect(limit).toBeLessThanOrEqual(poissonLower(events * 1.05, delta));
  }
});
