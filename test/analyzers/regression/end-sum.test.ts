import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addToEnd, type EndSum, endChange, endRuleOf, failsAtEnd, noEvents } from '../../../analyzers/regression/gauge/end-sum.ts';
import { createRandom } from '../../../bench/accuracy/random.ts';

const settings = { side: 'down', slack: 0, least: 0.05 } as const;
const ticks = 30;
const perTick = 20;

/** The sum of a bake of which `perTick` events are expected in each tick. */
function sumOf(counts: readonly number[]): EndSum {
  let sum = noEvents;
  for (const count of counts) sum = addToEnd(sum, count, perTick);
  return sum;
}

function bakes(count: number, mean = perTick): readonly EndSum[] {
  const random = createRandom(7);
  return Array.from({ length: count }, () => sumOf(Array.from({ length: ticks }, () => random.poisson(mean))));
}

function ruleOf(sums: readonly EndSum[], alpha = 0.01) {
  const rule = endRuleOf(sums, { ...settings, phi: 1, independent: sums.length, alpha });
  if (rule === null) throw new Error('no rule');
  return rule;
}

const rule = ruleOf(bakes(150));
const every = (count: number) => sumOf(Array(ticks).fill(count));

describe('all events of a bake together', () => {
  test.for([
    { name: 'as many as expected do not fail', sum: every(perTick), fails: false },
    { name: 'a fall of 5 %, as chance alone makes it, does not fail', sum: every(0.95 * perTick), fails: false },
    { name: 'a fall of a fifth fails, though no tick is remarkable', sum: every(0.8 * perTick), fails: true },
    { name: 'a rise does not fail where fewer are worse', sum: every(2 * perTick), fails: false },
    { name: 'two empty ticks alone decide nothing', sum: sumOf([0, 0, ...Array(ticks - 2).fill(0.96 * perTick)]), fails: false },
    { name: 'before the planned end there is no test', sum: sumOf(Array(ticks - 1).fill(0)), fails: false },
    {
      name: 'with most ticks missing there is no test',
      sum: sumOf(Array.from({ length: ticks }, (_, i) => (i < 20 ? Number.NaN : 0))),
      fails: false,
    },
  ])('$name', ({ sum, fails }) => {
    expect(failsAtEnd(sum, rule, settings)).toBe(fails);
  });

  test('a smaller budget, and fewer bakes to learn from, need a larger fall', () => {
    expect(ruleOf(bakes(150), 0.0001).limit).toBeGreaterThan(rule.limit);
    expect(ruleOf(bakes(12)).limit).toBeGreaterThan(rule.limit);
  });

  test('what happened once in the past moves the limit less than what happened twice', () => {
    const wild = bakes(1, perTick / 3);
    const once = ruleOf([...bakes(75), ...wild, ...bakes(75)]);
    const twice = ruleOf([...bakes(50), ...wild, ...bakes(50), ...wild, ...bakes(50)]);
    expect(twice.limit).toBeGreaterThan(once.limit);
  });

  test('the smallest change that would have been seen is the one from which on it fails', () => {
    const change = endChange(every(perTick), rule, settings);
    expect(change).toBeGreaterThan(0.05);
    expect(failsAtEnd(every(perTick * (1 - 1.01 * change)), rule, settings)).toBe(true);
    expect(failsAtEnd(every(perTick * (1 - 0.99 * change)), rule, settings)).toBe(false);
  });

  test('of a handful of events no fall would be seen', () => {
    const few = { ...every(perTick), expected: 3 };
    expect(endChange(few, { ...rule, minExpected: 0 }, settings)).toBe(1);
  });

  test('at night, when next to nothing is expected, nothing is no fall', () => {
    const night = { ...every(0), expected: 0.04 * ticks * perTick };
    expect(failsAtEnd(night, rule, settings)).toBe(false);
    expect(failsAtEnd({ ...night, expected: 0.06 * ticks * perTick }, rule, settings)).toBe(true);
  });

  test('a bake of four ticks has no test', () => {
    expect(endRuleOf([sumOf([20, 20, 20, 20])], { ...settings, phi: 1, independent: 1, alpha: 0.01 })).toBeNull();
  });

  test('whatever the counts, its numbers are numbers', () => {
    const count = fc.oneof(fc.constant(0), fc.constant(Number.NaN), fc.nat(9), fc.constant(Number.MAX_SAFE_INTEGER));
    const sums = fc.array(fc.array(count, { minLength: 6, maxLength: 6, size: 'max' }).map(sumOf), {
      minLength: 1,
      maxLength: 9,
      size: 'max',
    });
    fc.assert(
      fc.property(sums, fc.constantFrom(0, 0.5, 3), fc.constantFrom('up', 'down', 'both'), (all, phi, side) => {
        const found = endRuleOf(all, { ...settings, side, phi, independent: all.length, alpha: 0.01 });
        if (found === null) return;
        for (const number of [found.limit, found.noise, ...found.top]) expect(number).toSatisfy(Number.isFinite);
        for (const sum of all) if (sum.expected > 0) expect(endChange(sum, found, { ...settings, side })).toSatisfy(Number.isFinite);
      }),
    );
  });
});
