import { describe, expect, test } from 'vitest';
import { calibrateCounts } from '../../../analyzers/regression/counts/calibrate.ts';
import {
  addToEnd,
  type EndState,
  emptyEnd,
  endRulesOutHarm,
  hasEndTest,
  probabilityIfTolerated,
} from '../../../analyzers/regression/counts/end-test.ts';
import type { CountTick, SeriesTest } from '../../../analyzers/regression/counts/evidence.ts';
import { tailProbability } from '../../../analyzers/regression/math/tail-probability.ts';
import { createRandom } from '../../../bench/accuracy/random.ts';
import { input, ratio, regression, stepMs } from './build.ts';

const design = { side: 'up', isShare: true, alpha: 0.01, looks: 120, stepMs } as const;
const reference = { expected: 0.005, tolerated: 0.00645, harm: 0.01, phi: 1 };
const fromPast: SeriesTest = { reference, hasControl: false, isRatio: false };
const besideControl: SeriesTest = { ...fromPast, hasControl: true };

const endOf = (ticks: readonly CountTick[], one: SeriesTest): EndState =>
  ticks.reduce((state, tick, look) => addToEnd(state, tick, { look, test: one, design }), emptyEnd);

describe('the probability of a tail', () => {
  test.for([
    // Exact tails of Poisson and binomial numbers (R: ppois, pbinom).
    { side: 'up', events: 10, expected: 3, trials: Number.POSITIVE_INFINITY, exact: 0.001102 },
    { side: 'up', events: 130, expected: 100, trials: Number.POSITIVE_INFINITY, exact: 0.002282 },
    { side: 'down', events: 0, expected: 5, trials: Number.POSITIVE_INFINITY, exact: 0.006738 },
    { side: 'down', events: 70, expected: 100, trials: Number.POSITIVE_INFINITY, exact: 0.000971 },
    { side: 'up', events: 8, expected: 2, trials: 20, exact: 0.000416 },
    { side: 'up', events: 60, expected: 40, trials: 100, exact: 0.0000423 },
  ] as const)('is near the exact one: $side, $events of $trials, $expected expected', ({ exact, side, ...tail }) => {
    const found = tailProbability(side, { ...tail, phi: 1 });
    expect(Math.abs(Math.log(found / exact))).toBeLessThan(Math.log(1.4));
  });

  test('of clustered events is that of fewer independent ones', () => {
    const clustered = tailProbability('up', { events: 60, trials: Number.POSITIVE_INFINITY, expected: 30, phi: 3 });
    const independent = tailProbability('up', { events: 20, trials: Number.POSITIVE_INFINITY, expected: 10, phi: 1 });
    expect(clustered).toBeCloseTo(independent, 10);
  });

  test('is 1 where nothing, or everything, is expected', () => {
    expect(tailProbability('up', { events: 3, trials: 10, expected: 0, phi: 1 })).toBe(1);
    expect(tailProbability('down', { events: 3, trials: 10, expected: 10, phi: 1 })).toBe(1);
  });
});

describe('the test at the planned end', () => {
  test.for([
    { one: fromPast, name: 'the past' },
    { one: besideControl, name: 'a control' },
  ])('fails no more releases at the tolerated rate than its budget, compared with $name', ({ one }) => {
    const random = createRandom(20_261_129);
    const bakes = 3000;
    let failed = 0;
    for (let i = 0; i < bakes; i++) {
      const ticks = Array.from({ length: 120 }, (): CountTick => {
        const [n, m] = [random.poisson(60), random.poisson(340)];
        return {
          own: { bad: random.binomial(n, reference.tolerated), total: n },
          control: one.hasControl ? { bad: random.binomial(m, reference.expected), total: m } : null,
        };
      });
      if (probabilityIfTolerated(endOf(ticks, one), one, design) <= 0.003) failed++;
    }
    expect(failed / bakes).toBeLessThanOrEqual(0.003 + 3 * Math.sqrt(0.003 / bakes));
  });

  test('two broken ticks alone decide nothing, three do', () => {
    const withBroken = (count: number) =>
      Array.from({ length: 120 }, (_, i): CountTick => ({ own: { bad: i >= 60 && i < 60 + count ? 100 : 0, total: 100 }, control: null }));
    expect(probabilityIfTolerated(endOf(withBroken(2), fromPast), fromPast, design)).toBe(1);
    expect(probabilityIfTolerated(endOf(withBroken(3), fromPast), fromPast, design)).toBeLessThan(1e-6);
  });

  test('a cold start is no part of it', () => {
    const ticks = Array.from({ length: 120 }, (_, i): CountTick => ({ own: { bad: i < 4 ? 100 : 0, total: 100 }, control: null }));
    expect(endOf(ticks, fromPast)).toMatchObject({ events: 0, trials: 11_600 });
    expect(endRulesOutHarm(endOf(ticks, fromPast), fromPast, design)).toBe(true);
  });

  test('a short bake has none', () => {
    expect(hasEndTest({ looks: 120, stepMs })).toBe(true);
    expect(hasEndTest({ looks: 12, stepMs })).toBe(false);
    expect(hasEndTest({ looks: 60, stepMs: 1000 })).toBe(false);
  });
});

describe('a bake of counts', () => {
  const past = ratio({ requests: 60, rate: 0.01, ticks: 1920, seed: 5 });
  const bake = (rate: number, ticks: number) => ratio({ requests: 60, rate, ticks, seed: 11 });

  test('finds at its end what no look before it could, and says how rare that is', () => {
    const judged = (ticks: number) => regression().analyze(input(bake(0.0175, ticks), past));
    expect(judged(119).outcome).toBe('inconclusive');
    const atEnd = judged(120);
    expect(atEnd.outcome).toBe('fail');
    expect(atEnd.reason).toMatch(/sure: at most one healthy bake in \d/);
    expect(atEnd.outcome === 'fail' && atEnd.evidence?.strength).toBeGreaterThanOrEqual(1);
  });

  test('must rule a doubling out to pass, also where the past asks for a larger tolerance', () => {
    const random = createRandom(3);
    const total = Array.from({ length: 1920 }, () => random.poisson(250));
    // The rate swings up and down by a factor of 2.6 within two hours, so the replay tolerates more than a doubling.
    const bad = total.map((n, i) => random.binomial(n, 0.004 * 2.6 ** Math.sin(i / 76)));
    const counts = { startAt: 0, stepMs, bad: Float64Array.from(bad), total: Float64Array.from(total) };
    const found = calibrateCounts(counts, { side: 'up', isShare: true, forMs: 1_800_000, alpha: 0.01, floor: 0.25, floorShare: 0.0002 });
    expect(found?.tolerated).toBeGreaterThan(2 * (found?.expected ?? 0));
    expect(found?.harm).toBeLessThan(found?.tolerated ?? 0);
  });
});
