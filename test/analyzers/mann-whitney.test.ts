import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { effectSize } from '../../analyzers/mann-whitney/effect-size.ts';
import { rankSumZ, shiftBetween } from '../../analyzers/mann-whitney/shift.ts';
import { mannWhitney } from '../../analyzers/mann-whitney.ts';
import type { Ticks } from '../../src/core/series/ticks.ts';
import { analyze } from '../support/analyze.ts';
import { step, times } from '../support/builders.ts';

const value = (list: readonly (number | null)[]): Ticks => ({ kind: 'value', value: list });
const low = Array.from({ length: 20 }, (_, i) => 10 + (i % 7));
const high = low.map((one) => one + 20);

describe('the shift between two samples', () => {
  const sample = fc.array(fc.integer({ min: -6, max: 6 }), { minLength: 6, maxLength: 14, size: 'max' });

  test('is the median of all differences, and its ends are differences with as many beyond them on either side', () => {
    fc.assert(
      fc.property(sample, sample, (canary, baseline) => {
        const shift = shiftBetween(canary, baseline, 0.9);
        const all = canary.flatMap((x) => baseline.map((y) => x - y)).sort((a, b) => a - b);
        const middle = ((all[Math.ceil(all.length / 2) - 1] ?? 0) + (all[Math.floor(all.length / 2)] ?? 0)) / 2;
        expect(shift?.estimate).toBe(middle);
        const at = all.findIndex((one, i) => one === shift?.lower && all[all.length - 1 - i] === shift.upper);
        expect(at).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test('turns around with the samples', () => {
    fc.assert(
      fc.property(sample, sample, (canary, baseline) => {
        const [there, back] = [shiftBetween(canary, baseline, 0.95), shiftBetween(baseline, canary, 0.95)];
        expect([there?.lower, there?.upper].map((end) => (end ?? 0) + 0)).toEqual([back?.upper, back?.lower].map((end) => 0 - (end ?? 0)));
      }),
    );
  });

  // The figures of R's `wilcox.test(…, exact = FALSE, conf.int = TRUE)`, as Kayenta's suite states them.
  test('of four readings each is that of R', () => {
    expect(shiftBetween([10, 20, 30, 40], [1, 2, 3, 4], 0.95)).toEqual({ estimate: 22.5, lower: 6, upper: 39, isBeyondZero: 'above' });
  });

  test('cannot be told of samples that are too small for the confidence, even where they do not overlap', () => {
    expect([0.95, 0.98].map((confidence) => shiftBetween([10, 20, 30, 40], [1, 2, 3, 4], confidence) === null)).toEqual([false, true]);
  });

  test('is seen at zero where most pairs are tied', () => {
    const canary = [...times(60, 0), ...times(40, 1)];
    expect(shiftBetween(canary, times(100, 0), 0.98)).toEqual({ estimate: 0, lower: 0, upper: 0, isBeyondZero: 'above' });
  });

  test('without any spread is no deviation', () => {
    expect(rankSumZ({ canary: Float64Array.of(1, 1), baseline: Float64Array.of(1, 1) })).toBe(0);
  });
});

describe('the effect size', () => {
  test.for([
    { measure: 'mean_ratio', canary: [10, 30], baseline: [1, 3], size: 10 },
    { measure: 'mean_ratio', canary: [1, 3], baseline: [0, 0], size: null },
    { measure: 'mean_ratio', canary: [0, 0], baseline: [1, 3], size: null },
    { measure: 'cles', canary: [1, 2, 3, 4, 5], baseline: [5, 4, 3, 2, 1], size: 0.5 },
    { measure: 'cles', canary: [1, 2], baseline: [3, 4], size: 0 },
    { measure: 'cles', canary: [3, 1], baseline: [2, 2], size: 0.5 },
  ] as const)('$measure of $canary and $baseline is $size', ({ measure, canary, baseline, size }) => {
    expect(effectSize(canary, baseline, measure)).toBe(size);
  });
});

describe('a bake', () => {
  const asked = { before: value(low), minSamples: 1 };

  test('is judged at its planned end, and says until then how it looks', () => {
    const early = analyze(mannWhitney, { ...asked, params: {}, bake: value(high.slice(0, 12)) });
    expect([early.outcome, early.reason]).toEqual([
      'inconclusive',
      expect.stringMatching(/^median 32.5, was 13: not judged yet; .* higher than is tolerated, .*; judged every 5m$/),
    ]);
    expect(analyze(mannWhitney, { ...asked, params: {}, bake: value(high) }).outcome).toBe('fail');
  });

  test('is judged after every interval, and fails for good', () => {
    const params = { interval: 6 * step };
    const bad = [...high.slice(0, 6), ...low.slice(6)];
    expect([5, 6, 20].map((ticks) => analyze(mannWhitney, { ...asked, params, bake: value(bad.slice(0, ticks)) }).outcome)).toEqual([
      'inconclusive',
      'fail',
      'fail',
    ]);
  });

  test('says what was compared with what', () => {
    const verdict = analyze(mannWhitney, { ...asked, params: {}, bake: value(high) });
    expect(verdict.reason).toMatch(
      /^median 33, was 13; all 20 readings compared with 20 of the time just before: higher than is tolerated, by 18 to 22 with 98 % confidence; mean ratio 2\.\d+$/,
    );
  });

  test('is compared with the control as it was at the same time', () => {
    const params = { interval: 10 * step };
    const control = value([...low.slice(0, 10), ...high.slice(10)]);
    const verdict = analyze(mannWhitney, { ...asked, params, bake: value([...low.slice(0, 10), ...high.slice(10)]), control });
    expect(verdict).toMatchObject({ outcome: 'pass', reason: expect.stringMatching(/old release/) });
  });

  test.for([
    { nan_strategy: 'remove', outcome: 'inconclusive' },
    { nan_strategy: 'replace', outcome: 'fail' },
  ])('of errors that the baseline never had is compared with zero only where absence means zero: $nan_strategy', (row) => {
    const bake = value(times(20, 3));
    const { outcome, ...params } = row;
    expect(analyze(mannWhitney, { params, bake, before: value(times(20, null)), minSamples: 1 }).outcome).toBe(outcome);
  });

  test('of latency counts as slow what a tenth of the past exceeded', () => {
    const latency = (slow: number): Ticks => ({
      kind: 'latency',
      le: [0.1, 0.5, 1, Number.POSITIVE_INFINITY],
      buckets: low.map((extra) => [500, 950 - extra - slow, 995, 1000]),
    });
    const verdict = analyze(mannWhitney, { params: {}, bake: latency(40), before: latency(0) });
    expect(verdict).toMatchObject({
      outcome: 'fail',
      reason: expect.stringMatching(/^median 10.3 % of requests slower than 500 ms, was 6.3 %; all 20 readings /),
    });
  });

  test('with other buckets than before is not compared', () => {
    const latency = (le: number): Ticks => ({ kind: 'latency', le: [le, Number.POSITIVE_INFINITY], buckets: times(20, [90, 100]) });
    const verdict = analyze(mannWhitney, { params: {}, bake: latency(0.3), before: latency(0.25), minSamples: 10 });
    expect(verdict).toMatchObject({ outcome: 'inconclusive', blocks: false, reason: expect.stringMatching(/other bucket bounds/) });
  });
});
