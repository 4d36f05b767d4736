import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { healthyLimit } from '../../../analyzers/regression/gauge/healthy-tail.ts';
import { createRandom } from '../../../bench/accuracy/random.ts';
import { runs } from '../../support/runs.ts';

const bake = 6;

/** Scores of pseudo bakes, one a tick, newest first. `events`: at which place a bake scores what. */
function healthy(events: Readonly<Record<number, number>> = {}, seed = 1) {
  const random = createRandom(seed);
  const scores = Float64Array.from({ length: 200 }, (_, i) => events[i] ?? 0.6 + 0.1 * Math.abs(random.normal()));
  return { scores, starts: Array.from(scores, (_, i) => 1000 - i) };
}

const limitOf = (events: Readonly<Record<number, number>> = {}, alpha = 0.01, independent = 80) =>
  healthyLimit(healthy(events), { bake, independent, alpha });

describe('the limit of healthy scores', () => {
  test('is higher for a smaller budget, and for fewer independent bakes', () => {
    expect(limitOf({}, 0.001)).toBeGreaterThan(1.1 * limitOf({}, 0.01));
    expect(limitOf({}, 0.01, 3)).toBeGreaterThan(1.5 * limitOf({}, 0.01, 80));
  });

  test('is never below what happened twice', () => {
    expect(limitOf({ 40: 9, 140: 8 })).toBeGreaterThanOrEqual(8);
  });

  test('lets as many of very many bakes fail as the budget does', () => {
    expect(limitOf({ 40: 9, 140: 8 }, 0.01, 400)).toBeLessThan(8);
  });

  test('takes pseudo bakes that overlap for one event, and one event for an incident', () => {
    const incident = { 40: 90, 43: 90, 46: 90, 50: 90 };
    expect(limitOf(incident)).toBeLessThan(2 * limitOf());
    expect(limitOf({ ...incident, 140: 80 })).toBeGreaterThanOrEqual(80);
  });

  test('does not depend on the order of the pseudo bakes', () => {
    const { scores, starts } = healthy({ 40: 3, 140: 2 });
    const reversed = { scores: scores.toReversed(), starts: starts.toReversed() };
    const settings = { bake, independent: 80, alpha: 0.01 };
    expect(healthyLimit(reversed, settings)).toBe(healthyLimit({ scores, starts }, settings));
  });

  test('is a number, and fails no more events than the budget and one incident, whatever the scores are', () => {
    const anyScores = fc.array(fc.constantFrom(0, 0.5, 1, 2, 1e6), { size: 'max', maxLength: 60 });
    fc.assert(
      fc.property(anyScores, fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 0, max: 99 }), (list, alpha, independent) => {
        const scores = Float64Array.from(list);
        const found = healthyLimit({ scores, starts: list.map((_, i) => i * bake * 2) }, { bake, independent, alpha });
        expect(found).toBeGreaterThan(0);
        const allowed = Math.floor(independent * alpha);
        expect(found).toBeGreaterThanOrEqual(list.toSorted((a, b) => b - a)[allowed + 1] ?? 0);
      }),
      runs(200),
    );
  });
});
