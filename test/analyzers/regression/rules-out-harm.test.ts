import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../bench/accuracy/random.ts';
import { quick } from '../../support/runs.ts';
import { deployedAt, input, regression } from './build.ts';

const stepMs = 300_000;
const day = 288;

/** Four days of a gauge around 100 that wanders by `wander` (the deviation of its logarithm) with a memory of a few hours, then a bake of two hours. */
function bakeOf({
  wander,
  seed,
  times = 1,
  direction = 'up',
}: {
  wander: number;
  seed: number;
  times?: number;
  direction?: 'up' | 'down' | 'both';
}) {
  const random = createRandom(seed);
  let log = 0;
  const all = Array.from({ length: 4 * day + 24 }, () => {
    log = 0.97 * log + wander * Math.sqrt(1 - 0.97 ** 2) * random.normal();
    return 100 * Math.exp(log) * (1 + 0.02 * random.normal());
  });
  const [past, bake] = [all.slice(0, -24), all.slice(-24).map((value) => times * value)];
  const history = { startAt: deployedAt - past.length * stepMs, stepMs, ticks: { kind: 'value', value: past } } as const;
  const asked = { ...input({ kind: 'value', value: bake }, null), history, direction, forMs: 24 * stepMs };
  return { ...asked, bake: { ...asked.bake, stepMs } };
}

const verdictOf = (bake: Parameters<typeof bakeOf>[0], params = {}) => regression(params).analyze(bakeOf(bake));
const seeds = quick([1, 2, 3, 4, 5, 6], 2);
const percentSeen = (reason: string) => Number(/(?:rise|fall|change) of ([\d.]+) % would have been seen/.exec(reason)?.[1]);

describe('to pass, a gauge rules out harm', () => {
  test('a calm one passes, and says what it would have seen', () => {
    for (const seed of seeds) {
      const { outcome, reason } = verdictOf({ wander: 0.02, seed });
      expect(outcome).toBe('pass');
      expect(percentSeen(reason)).toBeLessThanOrEqual(100);
    }
  });

  test('one that wanders too far to see a doubling is undecided, and says what it would have seen', () => {
    for (const seed of seeds) {
      const { outcome, reason } = verdictOf({ wander: 1, seed });
      expect(outcome).toBe('inconclusive');
      expect(reason).toMatch(/; not sure yet: (only )?a rise of [\d.,]+ % would have been seen/);
    }
  });

  test('an undecided one keeps the bake open only where not even a broken release would have been seen', () => {
    const blocking = (wander: number) =>
      seeds.map((seed) => verdictOf({ wander, seed })).filter((verdict) => verdict.outcome === 'inconclusive' && verdict.blocks !== false)
        .length;
    expect(blocking(0.4)).toBe(0);
    expect(blocking(2)).toBeGreaterThan(0);
  });

  test('twice as much is found or undecided, never as expected', () => {
    for (const wander of [0.02, 0.1, 0.2, 0.4, 1])
      for (const seed of seeds) expect(verdictOf({ wander, seed, times: 2 }).outcome).not.toBe('pass');
  });

  test('where less is worse, half of it is ruled out', () => {
    for (const wander of [0.02, 0.2, 0.4])
      for (const seed of seeds) {
        const { outcome, reason } = verdictOf({ wander, seed, direction: 'down' });
        if (outcome === 'pass') expect(percentSeen(reason)).toBeLessThanOrEqual(50);
      }
  });

  test('a tolerance of the owner moves what is harmful', () => {
    expect(verdictOf({ wander: 0.02, seed: 1 }, { tolerance: 2 }).outcome).toBe('pass');
    expect(verdictOf({ wander: 0.02, seed: 1, times: 2.5 }, { tolerance: 2 }).outcome).toBe('pass');
  });
});
