import { describe, expect, test } from 'vitest';
import { anomaly } from '../../analyzers/anomaly.ts';
import { mannWhitney } from '../../analyzers/mann-whitney.ts';
import { regression } from '../../analyzers/regression.ts';
import { relative } from '../../analyzers/relative.ts';
import { threshold } from '../../analyzers/threshold.ts';
import type { Ticks } from '../../src/core/series/ticks.ts';
import { type Asked, analyze } from '../support/analyze.ts';
import { ratio, step, times } from '../support/builders.ts';

const tenth = { above: 0.1 };
const value = (numbers: readonly (number | null)[]): Ticks => ({ kind: 'value', value: numbers });
const wave = (count: number) => Array.from({ length: count }, (_, i) => 100 + (i % 5));

/** After how many ticks harm was ruled out; `null` where it is not, and another outcome than a pass as it is. */
function settledTick(analyzer: typeof threshold, asked: Asked): number | string | null {
  const verdict = analyze(analyzer, asked);
  if (verdict.outcome !== 'pass') return verdict.outcome;
  return verdict.settledAfterMs === undefined ? null : verdict.settledAfterMs / step;
}

describe('a fixed limit has ruled out harm', () => {
  test.for<{ name: string; given: Asked; expected: number | string | null }>([
    {
      name: 'after three calm readings that together lie below the limit',
      given: { params: tenth, bake: ratio([2, 2, 2, 2, 2]) },
      expected: 3,
    },
    { name: 'not after two', given: { params: tenth, bake: ratio([2, 2]) }, expected: null },
    {
      name: 'after as many as the damping looks at',
      given: { params: tenth, bake: ratio(times(8, 2)), damping: { k: 2, n: 5 } },
      expected: 5,
    },
    { name: 'not while chance may explain the low share', given: { params: tenth, bake: ratio([9, 9, 9]) }, expected: null },
    { name: 'later, when there are enough of them', given: { params: tenth, bake: ratio(times(20, 8)) }, expected: 7 },
    {
      name: 'after three calm readings since the last breach',
      given: { params: tenth, bake: ratio([1, 1, 1, 20, 1, 1, 1]), damping: { k: 2, n: 3 } },
      expected: 7,
    },
    {
      name: 'not while a breach is open',
      given: { params: tenth, bake: ratio([1, 1, 1, 20]), damping: { k: 2, n: 3 } },
      expected: 'inconclusive',
    },
    { name: 'never where the limit is nothing', given: { params: { above: 0 }, bake: ratio(times(50, 0)) }, expected: null },
    { name: 'of a lower limit by the lower bound', given: { params: { below: 0.9 }, bake: ratio(times(6, 92)) }, expected: null },
    { name: 'of a lower limit that is far below', given: { params: { below: 0.9 }, bake: ratio(times(5, 97)) }, expected: 3 },
    { name: 'of numbers after three calm ones', given: { params: { above: 5 }, bake: value([1, 2, 1, 2]), minSamples: 1 }, expected: 3 },
    {
      name: 'of a probe by the share of its failed tries',
      given: { params: { above: 0.5 }, bake: ratio(times(8, 0), 1), minSamples: 1 },
      expected: 5,
    },
  ])('$name', ({ given, expected }) => expect(settledTick(threshold, given)).toBe(expected));

  test('of a histogram by the share that is slower', () => {
    const latency = (slow: number, count: number): Ticks => ({
      kind: 'latency',
      le: [0.1, Number.POSITIVE_INFINITY],
      buckets: times(count, [100 - slow, 100]),
    });
    const params = { slower_than: 100, for_more_than: 0.05 };
    expect(settledTick(threshold, { params, bake: latency(1, 5) })).toBe(3);
    expect(settledTick(threshold, { params, bake: latency(4, 5) })).toBeNull();
  });
});

describe('a comparison of numbers has ruled out harm', () => {
  const numbers = (count: number) => ({ before: value(wave(40)), bake: value(wave(count)), minSamples: 1 });
  const like = { kind: 'before' };

  test.for<{ name: string; analyzer: typeof threshold; params: unknown }>([
    { name: 'relative', analyzer: relative, params: { to: like, more_than: 0.5 } },
    { name: 'anomaly', analyzer: anomaly, params: { sensitivity: 5 } },
  ])('$name: from half of the planned bake on', ({ analyzer, params }) => {
    expect(settledTick(analyzer, { ...numbers(19), params })).toBeNull();
    expect(settledTick(analyzer, { ...numbers(20), params })).toBe(20);
    expect(settledTick(analyzer, { ...numbers(39), params })).toBe(20);
  });

  test('regression: from half of the planned bake on', () => {
    const asked = (count: number): Asked => ({ before: value(wave(2000)), bake: value(wave(count)), minSamples: 1, params: {} });
    expect(settledTick(regression, asked(999))).toBeNull();
    expect(settledTick(regression, asked(1000))).toBe(1000);
  });

  test('mann_whitney: when it has judged in the second half', () => {
    const params = { to: like, interval: 10 * step };
    expect(settledTick(mannWhitney, { ...numbers(19), params })).toBeNull();
    expect(settledTick(mannWhitney, { ...numbers(25), params })).toBe(20);
  });

  test('mann_whitney: not without a reading', () => {
    const params = { to: like, interval: 10 * step };
    expect(settledTick(mannWhitney, { ...numbers(1), bake: value(times(30, null)), params })).not.toBe(20);
  });

  test('regression with a control: from half of the planned bake on', () => {
    const asked = (count: number): Asked => ({
      before: value(wave(200)),
      bake: value(wave(count)),
      control: value(wave(count).toReversed()),
      minSamples: 1,
      params: {},
    });
    expect(settledTick(regression, asked(99))).toBeNull();
    expect(settledTick(regression, asked(100))).toBe(100);
  });
});
