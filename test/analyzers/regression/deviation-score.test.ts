import { describe, expect, test } from 'vitest';
import { type Measure, scoreOf } from '../../../analyzers/regression/gauge/deviation-score.ts';

const measure: Measure = {
  law: 'line',
  side: 'both',
  windows: [2],
  questions: ['forecast'],
  spread: [4],
  phi: 0,
  noise: [],
  slack: 0,
  least: 0.03,
  leastBy: 6,
  fall: 0.5,
};
const scoreFor = (mean: number, expected = 100, more: Partial<Measure> = {}) =>
  scoreOf({ mean, against: expected, expected, count: 2 }, 0, { ...measure, ...more });

describe('the score of a window', () => {
  test('is in units, and a fall has a unit of its own', () => {
    expect(scoreFor(108)).toBe(2);
    expect(scoreFor(92)).toBe(4);
    expect(scoreFor(92, 100, { fall: 1 })).toBe(2);
  });

  test('is nothing for a change that is too small for the level or for the range', () => {
    expect([scoreFor(105), scoreFor(95), scoreFor(1020, 1000)]).toEqual([0, 0, 0]);
    expect(scoreFor(1040, 1000)).toBe(10);
  });

  test('needs no least change as a number', () => {
    const { leastBy: _, ...older } = measure;
    expect(scoreOf({ mean: 105, against: 100, expected: 100, count: 2 }, 0, older)).toBe(1.25);
  });
});
