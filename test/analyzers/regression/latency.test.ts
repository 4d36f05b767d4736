import { describe, expect, test } from 'vitest';
import { normalCdf } from '../../../analyzers/regression/math/poisson-limits.ts';
import { createRandom } from '../../../bench/accuracy/random.ts';
import type { Ticks } from '../../../src/core/series/ticks.ts';
import { beside, input, regression } from './build.ts';

const le = [0.01, 0.05, 0.1, 0.25, 0.5, 1, Number.POSITIVE_INFINITY];
type Shape = { readonly median: number; readonly tail?: number; readonly ticks?: number; readonly bounds?: readonly number[] };

/** A hundred requests a tick whose durations are log-normal; `tail`: this share takes ten times as long. */
function histogram({ median, tail = 0, ticks = 120, bounds = le }: Shape, seed: number): Ticks {
  const random = createRandom(seed);
  const within = (bound: number, of: number) => (Number.isFinite(bound) ? normalCdf(Math.log(bound / of) / 0.5) : 1);
  const buckets = Array.from({ length: ticks }, () => {
    const draws = Array.from({ length: 100 }, () => (random.uniform() < tail ? 10 : 1) * median);
    const ranks = draws.map((of) => ({ of, at: random.uniform() }));
    return bounds.map((bound) => ranks.filter(({ of, at }) => at <= within(bound, of)).length);
  });
  return { kind: 'latency', le: bounds, buckets };
}

const history = histogram({ median: 0.08, ticks: 480 }, 1);

describe('latency from buckets', () => {
  test('beside the old release it passes as it was, and fails slower, also without any history', () => {
    const control = beside(histogram({ median: 0.08 }, 3));
    const verdictOf = (median: number) => regression().analyze(input(histogram({ median }, 2), null, { control }));
    expect(verdictOf(0.08).outcome).toBe('pass');
    expect(verdictOf(0.12).outcome).toBe('fail');
  });

  test('as it was passes, and the sentence says what the buckets tell', () => {
    const verdict = regression().analyze(input(histogram({ median: 0.08 }, 2), history));
    expect(verdict.outcome).toBe('pass');
    expect(verdict.reason).toMatch(/^[\d.]+ % of requests slower than \d+ m?s.*; judged at \d bucket bounds, from 50 ms to (500 ms|1 s)$/);
  });

  test('a tail that four fixed bounds would miss is found on the bound that shows it', () => {
    const verdict = regression().analyze(input(histogram({ median: 0.08, tail: 0.02 }, 3), history));
    expect(verdict.outcome).toBe('fail');
    expect(verdict.reason).toMatch(/slower than (250 ms|500 ms|1 s)/);
  });

  test('half as slow again is found within a few ticks', () => {
    const follow = regression().follow?.(input(histogram({ median: 0.12 }, 4), history));
    expect(follow?.(2).outcome).not.toBe('fail');
    expect(follow?.(8).outcome).toBe('fail');
  });

  test('the unit of the bounds makes no difference', () => {
    const inUnits = (ticks: Ticks, times: number): Ticks =>
      ticks.kind === 'latency' ? { ...ticks, le: ticks.le.map((bound) => bound * times) } : ticks;
    for (const median of [0.08, 0.1, 0.12]) {
      const bake = histogram({ median }, 5);
      const [seconds, other] = [1, 60].map((times) => regression().analyze(input(inUnits(bake, times), inUnits(history, times))));
      expect(other?.outcome).toBe(seconds?.outcome);
      expect(other?.evidence).toEqual({ ...seconds?.evidence, bound: 60 * (seconds?.evidence?.bound ?? Number.NaN) });
    }
  });

  test('buckets that end below what one in a hundred takes are said to be too low', () => {
    const low = { bounds: [0.01, 0.05, 0.1, Number.POSITIVE_INFINITY] };
    const verdict = regression().analyze(input(histogram({ median: 0.08, ...low }, 2), histogram({ median: 0.08, ticks: 480, ...low }, 1)));
    expect(verdict.reason).toMatch(/; \d+ % lie beyond the largest bucket \(100 ms\): add buckets above it$/);
  });
});
