import { describe, expect, test } from 'vitest';
import { pastOf } from '../../../analyzers/regression/counts/baseline.ts';
import { type PastLevel, pastLevelOf, probabilityBeside } from '../../../analyzers/regression/counts/past-level.ts';
import { createRandom } from '../../../bench/accuracy/random.ts';
import { beside, input, ratio, regression, stepMs } from './build.ts';

const bakeTicks = 120;

function levelOf(rateAt: (tick: number) => number, ticks = 1920): PastLevel | null {
  const random = createRandom(20_261_130);
  const total = Float64Array.from({ length: ticks }, () => random.poisson(200));
  const bad = total.map((n, i) => random.binomial(n, rateAt(i)));
  const starts = Array.from({ length: Math.max(0, (ticks - 240) / 20) }, (_, i) => 120 + 20 * i);
  return pastLevelOf(pastOf({ startAt: 0, stepMs, bad, total }), { starts, bakeTicks, phi: 1, calmPhi: 1 });
}

describe('how surely the past tells the level of a bake', () => {
  test('a steady service: as surely as hundreds of events of a control would', () => {
    const level = levelOf(() => 0.005);
    expect(level?.events).toBeGreaterThan(200);
    expect(level?.rate).toBeCloseTo(0.005, 3);
  });

  test('a service that wanders by a factor of two: hardly', () => {
    expect(levelOf((i) => 0.005 * 2 ** Math.sin(i / 100))?.events).toBeLessThan(20);
  });

  test('a past of two bakes says nothing of it', () => {
    expect(levelOf(() => 0.005, 240)).toBe(null);
  });
});

describe('a canary beside its control and its past', () => {
  const level = { rate: 0.005, events: 500 };
  const [n, m, tolerated] = [2400, 21_600, 0.00645];

  /** The share of releases at just the tolerated rate that fail, where the rate of both is `times` that of the past. */
  function failing(times: number): number {
    const random = createRandom(7);
    const bakes = 4000;
    let failed = 0;
    for (let i = 0; i < bakes; i++) {
      const [events, control] = [random.binomial(n, tolerated * times), random.binomial(m, 0.005 * times)];
      const trials = events + control;
      const ratio = (n * tolerated) / 0.005;
      const found = { events, trials, expected: (trials * ratio) / (ratio + m), samples: m, phi: 1 };
      if (probabilityBeside('up', found, level) <= 0.003) failed++;
    }
    return failed / bakes;
  }

  test.for([0.5, 0.8, 1, 1.25, 2, 6])('fails no more often than its budget where both are at %d times the past', (times) => {
    expect(failing(times)).toBeLessThanOrEqual(0.003 + 3 * Math.sqrt(0.003 / 4000));
  });

  const healthy = { events: 15, trials: 15 + 105, expected: 120 * (2 / 11), samples: m, phi: 1 };

  test('rules out harm sooner than beside the control alone', () => {
    const alone = probabilityBeside('down', healthy, undefined);
    const both = probabilityBeside('down', healthy, level);
    expect(alone).toBeGreaterThan(0.05);
    expect(both).toBeLessThan(0.75 * alone);
  });

  test('is compared with the control alone where that has left the level of the past', () => {
    const elsewhere = { rate: 0.05, events: 500 };
    expect(probabilityBeside('down', healthy, elsewhere)).toBeCloseTo(probabilityBeside('down', healthy, undefined), 2);
  });

  test('never fails where the control alone does not point that way', () => {
    const common = { events: 30, trials: 300, expected: 35, samples: m, phi: 1 };
    expect(probabilityBeside('up', common, { rate: 0.001, events: 1e6 })).toBe(1);
  });

  test('its verdict says with what it was compared', () => {
    const past = ratio({ requests: 200, rate: 0.005, ticks: 1920, seed: 3 });
    const canary = ratio({ requests: 60, rate: 0.005, ticks: bakeTicks, seed: 4 });
    const control = beside(ratio({ requests: 140, rate: 0.005, ticks: bakeTicks, seed: 5 }));
    const atEnd = regression().analyze(input(canary, past, { control }));
    expect(atEnd.reason).toMatch(/compared with the old release at the same time, and with its past: as expected/);
    const bad = ratio({ requests: 60, rate: 0.2, ticks: bakeTicks, seed: 4 });
    const soon = regression().analyze(input(bad, past, { control }));
    expect([soon.outcome, soon.reason]).toEqual([
      'fail',
      expect.stringMatching(/compared with the old release at the same time, tolerated/),
    ]);
  });
});
