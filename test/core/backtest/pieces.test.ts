import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { analyzers } from '../../../analyzers/index.ts';
import { coarsen } from '../../../src/core/backtest/coarsen.ts';
import { inject } from '../../../src/core/backtest/inject.ts';
import { layOut } from '../../../src/core/backtest/layout.ts';
import { createRandom, poisson, thin } from '../../../src/core/backtest/random.ts';
import { rhythmOf } from '../../../src/core/backtest/rhythm.ts';
import type { Condition } from '../../../src/core/rules/rule-set.ts';
import { binarySearch } from '../../../src/core/series/binary-search.ts';
import type { Stretch, Ticks, TicksKind } from '../../../src/core/series/ticks.ts';
import { aCondition, aRuleSet, aStretch, ratio, step, t0, times } from '../../support/builders.ts';

describe('chance', () => {
  test('depends on the seed alone', () => {
    const draw = (seed: number) =>
      times(5, 0).map(
        (
          (random) => () =>
            random()
        )(createRandom(seed)),
      );
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });

  test.for([
    { name: 'a few of many', count: 1_000, share: 0.01 },
    { name: 'most of a few', count: 20, share: 0.7 },
    { name: 'many of many', count: 10_000, share: 0.3 },
  ])('thinning keeps $name in the mean, and with binomial noise', ({ count, share }) => {
    const random = createRandom(3);
    const kept = times(4_000, 0).map(() => thin(count, share, random));
    const mean = kept.reduce((a, b) => a + b) / kept.length;
    const variance = kept.reduce((a, b) => a + (b - mean) ** 2, 0) / kept.length;
    expect(mean / (count * share)).toBeCloseTo(1, 1);
    expect(variance / (count * share * (1 - share))).toBeGreaterThan(0.9);
    expect(variance / (count * share * (1 - share))).toBeLessThan(1.1);
  });

  test.for([0.5, 20, 400])('Poisson numbers have mean and variance %d', (mean) => {
    const random = createRandom(4);
    const events = times(4_000, 0).map(() => poisson(mean, random));
    const found = events.reduce((a, b) => a + b) / events.length;
    const variance = events.reduce((a, b) => a + (b - found) ** 2, 0) / events.length;
    expect(found / mean).toBeCloseTo(1, 1);
    expect(variance / mean).toBeGreaterThan(0.9);
    expect(variance / mean).toBeLessThan(1.1);
  });

  test('a count that is no whole number is scaled', () => {
    expect(thin(2.5, 0.4, createRandom(1))).toBe(1);
  });
});

describe('the first of which it is true', () => {
  test('is found wherever it lies, and beyond the end where there is none', () => {
    for (let at = 1; at <= 9; at++) expect(binarySearch(8, (n) => n >= at)).toBe(at);
  });
});

describe('coarser ticks', () => {
  test('lie on multiples of their step, add up what is there, and are missing only where all is', () => {
    const startAt = 1_000 * step + step;
    const fine: Stretch = { startAt, stepMs: step, ticks: ratio([9, 9, 9, 1, null, 2, 3, null, null, null, null, 9], 10) };
    expect(coarsen(fine, 4)).toEqual({
      startAt: 1_004 * step,
      stepMs: 4 * step,
      ticks: { kind: 'ratio', bad: [6, null], total: [30, null] },
    });
  });

  test('of numbers show the last that is there, and of histograms the sum', () => {
    expect(coarsen({ startAt: 0, stepMs: step, ticks: { kind: 'value', value: [1, 2, 3, null] } }, 2).ticks).toEqual({
      kind: 'value',
      value: [2, 3],
    });
    const buckets = [[1, 2], [1, 5], null, [0, 1]];
    const coarse = coarsen({ startAt: 0, stepMs: step, ticks: { kind: 'latency', le: [0.1, Infinity], buckets } }, 2).ticks;
    expect(coarse).toEqual({
      kind: 'latency',
      le: [0.1, Infinity],
      buckets: [
        [2, 7],
        [0, 1],
      ],
    });
  });
});

describe('an injected regression', () => {
  const random = createRandom(5);

  test('brings the usual share of bad events to the wanted one', () => {
    const ticks = ratio(times(200, 10), 1_000);
    const share = (effect: number) => {
      const after = inject(ticks, { effect: { kind: 'share', share: effect, name: '' }, normalShare: 0.01, random });
      if (after.kind !== 'ratio') throw new Error('it must stay a ratio');
      return after.bad.reduce<number>((a, b) => a + (b ?? 0), 0) / 200_000;
    };
    expect(share(0.02)).toBeCloseTo(0.02, 3);
    expect(share(0.005)).toBeCloseTo(0.005, 3);
    expect([share(1), share(0)]).toEqual([1, 0]);
  });

  test('moves requests up through the buckets, and loses none', () => {
    const ticks: Ticks = { kind: 'latency', le: [0.1, 0.2, 0.4, Infinity], buckets: [[10_000, 10_000, 10_000, 10_000], null] };
    const after = inject(ticks, { effect: { kind: 'slower', of: 1, times: 2, name: '' }, normalShare: 0, random });
    if (after.kind !== 'latency') throw new Error('it must stay a histogram');
    const [row, missing] = after.buckets;
    expect(missing).toBeNull();
    expect((row?.[0] ?? 0) / 5_000).toBeCloseTo(1, 1);
    expect(row?.slice(1)).toEqual([10_000, 10_000, 10_000]);
    const tail = inject(ticks, { effect: { kind: 'slower', of: 0.1, times: 10, name: '' }, normalShare: 0, random });
    if (tail.kind !== 'latency') throw new Error('it must stay a histogram');
    // Ten times slower, a tenth of the first bucket's requests stay below its bound, and four tenths below 0.4 s.
    expect((tail.buckets[0]?.[0] ?? 0) / 9_100).toBeCloseTo(1, 1);
    expect((tail.buckets[0]?.[2] ?? 0) / 9_400).toBeCloseTo(1, 1);
    expect(tail.buckets[0]?.[3]).toBe(10_000);
  });

  test('changes numbers by its size, below zero too', () => {
    const effect = { kind: 'change', change: 0.3, name: '' } as const;
    expect(inject({ kind: 'value', value: [10, -10, null] }, { effect, normalShare: 0, random })).toEqual({
      kind: 'value',
      value: [13, -7, null],
    });
    const counts = inject({ kind: 'rate', count: times(100, 100) }, { effect: { ...effect, change: -0.8 }, normalShare: 0, random });
    if (counts.kind !== 'rate') throw new Error('it must stay a rate');
    expect(counts.count.reduce<number>((a, b) => a + (b ?? 0), 0) / 2_000).toBeCloseTo(1, 1);
  });
});

describe('pseudo deploys', () => {
  const ruleSet = aRuleSet();
  const lay = (past: Stretch, options: { most?: number; except?: { from: number; to: number }[]; seed?: number } = {}) =>
    layOut({ ruleSet, checks: [], pasts: [past], max: options.most ?? 50, except: options.except ?? [] }, createRandom(options.seed ?? 1));
  const lengthMs = 10 * step;

  test('lie on ticks, do not overlap, and end before the data do', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3_000 }), fc.integer({ min: 1, max: 300 }), fc.nat(), (ticks, most, seed) => {
        const past = aStretch(ratio(times(ticks, 1)), { startAt: t0 });
        const { deploys } = lay(past, { most, seed });
        expect(deploys.length).toBeLessThanOrEqual(most);
        for (const [i, at] of deploys.entries()) {
          expect(at % step).toBe(0);
          expect(at).toBeGreaterThanOrEqual(t0);
          expect(at + lengthMs).toBeLessThanOrEqual(deploys[i + 1] ?? t0 + ticks * step);
        }
      }),
    );
  });

  test('keep away from what is to be left out, and say how many that cost', () => {
    const past = aStretch(ratio(times(2_000, 1)), { startAt: t0 });
    const whole = lay(past);
    const except = [{ from: t0 + 500 * step, to: t0 + 1_000 * step }];
    const { deploys, leftOut } = lay(past, { except });
    expect(leftOut).toBeGreaterThan(5);
    expect(deploys.length + leftOut).toBe(whole.deploys.length);
    expect(deploys.filter((at) => at < t0 + 1_000 * step && at + lengthMs > t0 + 500 * step)).toEqual([]);
  });

  test('begin where the data do, not where they were asked for', () => {
    const past = aStretch(ratio([...times(1_000, null), ...times(1_000, 1)]), { startAt: t0 });
    expect(lay(past).deploys[0]).toBeGreaterThanOrEqual(t0 + 1_000 * step);
    expect(lay(aStretch(ratio(times(1_000, null)), { startAt: t0 })).deploys).toEqual([]);
  });
});

describe('the rhythm of counts', () => {
  const every = (ticks: number) =>
    ratio(
      times(400, 0),
      times(400, 0).map((_, i) => (i % ticks === 0 ? 90 : 0)),
    );

  test('is how many ticks lie between two scrapes', () => {
    expect([1, 2, 4].map((ticks) => rhythmOf(every(ticks)))).toEqual([1, 2, 4]);
  });

  test('is none where there is little traffic, little data, or nothing to count', () => {
    const random = createRandom(6);
    const few = times(400, 0).map(() => poisson(0.2, random));
    expect(rhythmOf(ratio(times(400, 0), few))).toBe(1);
    expect(
      rhythmOf(
        ratio(
          times(40, 0),
          times(40, 0).map((_, i) => (i % 4 === 0 ? 90 : 0)),
        ),
      ),
    ).toBe(1);
    expect(rhythmOf({ kind: 'value', value: times(400, 0).map((_, i) => i % 2) })).toBe(1);
  });
});

const looseningOf = ({ analyzer, params }: Condition, kind: TicksKind) => analyzers.get(analyzer)!.loosen(params, kind);

describe('looser settings', () => {
  test.for([
    { given: aCondition('threshold', { above: 0.5 }), kind: 'ratio', expected: { param: 'above', now: 0.5, settings: [0.55, 0.63, 0.75] } },
    { given: aCondition('threshold', { below: 100 }), kind: 'value', expected: { param: 'below', now: 100 } },
    { given: aCondition('regression', {}), kind: 'value', expected: { param: 'tolerance', now: null } },
    { given: aCondition('regression', { tolerance: 0.6, direction: 'down' }), kind: 'value', expected: { settings: [0.75] } },
    {
      given: aCondition('anomaly', { sensitivity: 20 }),
      kind: 'value',
      expected: { param: 'sensitivity', settings: [22, 25, 30, 40, 50, 60, 80, 100] },
    },
    { given: aCondition('anomaly', {}), kind: 'value', expected: { param: 'sensitivity', now: null } },
    { given: aCondition('regression', { tolerance: 2 }), kind: 'value', expected: { param: 'tolerance', settings: [3, 5, 10] } },
  ] as const)('of $given.analyzer $given.params', ({ given, kind, expected }) => {
    expect(looseningOf(given, kind)).toMatchObject(expected);
  });

  test('go one way: up for what must not be above, down for what must not be below', () => {
    const above = looseningOf(aCondition('threshold', { above: -10 }), 'value')?.settings ?? [];
    const below = looseningOf(aCondition('threshold', { below: 10 }), 'value')?.settings ?? [];
    expect([above[0], above.at(-1)]).toEqual([-9.1, -0.1]);
    expect([below[0], below.at(-1)]).toEqual([9.1, 0.1]);
  });

  test('of an unwritten bound are not made up', () => {
    expect(looseningOf(aCondition('relative', { to: { kind: 'before' } }), 'value')).toBeNull();
  });
});
