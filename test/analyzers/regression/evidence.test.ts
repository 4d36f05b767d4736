import { describe, expect, test } from 'vitest';
import { capFor } from '../../../analyzers/regression/counts/caps.ts';
import {
  alternatives,
  EProcess,
  type EProcessState,
  neededFor,
  scaleOdds,
  termsFor,
} from '../../../analyzers/regression/counts/e-process.ts';
import { evidenceFold } from '../../../analyzers/regression/counts/evidence.ts';
import { createRandom } from '../../../bench/accuracy/random.ts';

const looks = 60;
const runs = 4000;

/** The evidence of many healthy bakes, whose rate is just what is tolerated: at the end, and at its highest. */
function healthy({ rate, requests, side, isShare }: { rate: number; requests: number; side: 'up' | 'down'; isShare: boolean }) {
  const random = createRandom(20_260_301);
  const terms = termsFor(rate, { times: alternatives(side), phi: 1, isShare });
  return Array.from({ length: runs }, () => {
    const evidence = new EProcess(terms, { cap: capFor(neededFor(0.01), { stepMs: 15_000, looks }), looks });
    let [last, highest] = [0, 0];
    for (let i = 0; i < looks; i++) {
      const n = random.poisson(requests);
      last = evidence.add(isShare ? random.binomial(n, rate) : random.poisson(n * rate), n);
      highest = Math.max(highest, last);
    }
    return { last, highest };
  });
}

describe('what is just tolerated', () => {
  test.for([
    { rate: 0.005, requests: 300, side: 'up' as const, isShare: true },
    { rate: 0.2, requests: 40, side: 'up' as const, isShare: true },
    { rate: 0.05, requests: 100, side: 'down' as const, isShare: true },
    { rate: 0.3, requests: 20, side: 'up' as const, isShare: false },
    { rate: 2, requests: 10, side: 'down' as const, isShare: false },
  ])('has evidence of at most 1 on average, and reaches 1/α no more often than α: $side, $rate of $requests', (one) => {
    const found = healthy(one);
    const mean = found.reduce((sum, { last }) => sum + last, 0) / runs;
    const spread = Math.sqrt(found.reduce((sum, { last }) => sum + (last - mean) ** 2, 0) / runs / runs);
    expect(mean).toBeLessThanOrEqual(1 + 3 * spread);
    for (const alpha of [0.1, 0.05, 0.01]) {
      const reached = found.filter(({ highest }) => highest >= 1 / alpha).length / runs;
      expect(reached).toBeLessThanOrEqual(alpha + 3 * Math.sqrt((alpha * (1 - alpha)) / runs));
    }
  });
});

describe('what caps hold back', () => {
  const rate = 0.2;
  const requests = 4;
  const terms = termsFor(rate, { times: [3, 8], phi: 1, isShare: true });
  const shares = [0.4096, 0.4096, 0.1536, 0.0256, 0.0016];

  /** The mean of the evidence after so many ticks of a release at just the tolerated rate, exactly: over all outcomes. */
  function meanAfter(ticks: number, state?: EProcessState): number {
    return shares.reduce((sum, share, bad) => {
      const evidence = new EProcess(terms, { cap: 0.3, looks: 6, agreed: 4 / 3 }, state);
      const value = evidence.add(bad, requests);
      return sum + share * (ticks > 1 ? meanAfter(ticks - 1, evidence.state) : value);
    }, 0);
  }

  test.for([1, 2, 3, 5])('never lifts the mean of the evidence above 1: after %i ticks', (ticks) => {
    expect(meanAfter(ticks)).toBeLessThanOrEqual(1 + 1e-12);
  });

  const evidenceOf = (bad: readonly number[], agreed?: number) => {
    const evidence = new EProcess(terms, { cap: 0.5, looks: 60, ...(agreed && { agreed }) });
    return bad.map((x) => evidence.add(x, requests)).at(-1) ?? 0;
  };

  test('counts once three ticks in a row agree, as far as the least of them does', () => {
    expect(evidenceOf([4, 4, 0], 1)).toBeCloseTo(evidenceOf([4, 4, 0]), 1);
    expect(evidenceOf([4, 4, 4], 1)).toBeGreaterThan(20 * evidenceOf([4, 4, 4]));
    expect(evidenceOf([4, 4, 2], 1)).toBeCloseTo(evidenceOf([2, 2, 2], 1), 1);
    expect(evidenceOf([4, 0, 4], 1)).toBeCloseTo(evidenceOf([4, 0, 4]), 1);
  });

  test('stakes nothing more as long as it is held back', () => {
    const evidence = new EProcess(terms, { cap: 0.5, looks: 60, agreed: 1 });
    const spent = [4, 0, 0, 0].map((x) => {
      evidence.add(x, requests);
      return evidence.state.spent;
    });
    expect(spent[2]).toBe(spent[0]);
    expect(spent[3]).toBeGreaterThan(spent[2] ?? 0);
  });

  test('waits for the next tick with requests', () => {
    const gap = new EProcess(terms, { cap: 0.5, looks: 60, agreed: 1 });
    const values = [4, 0, 4, 0, 4].map((x) => gap.add(x, x));
    expect(values.at(-1)).toBeGreaterThan(20 * (values.at(-3) ?? 0));
  });
});

describe('evidence', () => {
  const terms = termsFor(0.01, { times: alternatives('up'), phi: 1, isShare: true });
  const evidenceAfter = (ticks: readonly (readonly [number, number])[], { stepMs = 15_000, of = looks } = {}) => {
    const evidence = new EProcess(terms, { cap: capFor(neededFor(0.01), { stepMs, looks: of }), looks: of });
    return ticks.map(([x, n]) => evidence.add(x, n));
  };
  const needed = Math.exp(neededFor(0.01));
  const broken = (count: number): (readonly [number, number])[] => Array.from({ length: count }, () => [1000, 1000]);

  test('one tick never decides where a bake has ten or more, nor do two at the quarter minute', () => {
    expect(evidenceAfter(broken(3)).map((value) => value >= needed)).toEqual([false, false, true]);
    expect(evidenceAfter(broken(2), { stepMs: 60_000 }).map((value) => value >= needed)).toEqual([false, true]);
  });

  test('a bake of few, long ticks has no time to wait for a second one', () => {
    expect(evidenceAfter(broken(1), { stepMs: 300_000, of: 3 }).map((value) => value >= needed)).toEqual([true]);
  });

  test('ticks without requests say nothing', () => {
    const quiet = evidenceAfter([
      [2, 100],
      [0, 0],
      [0, 0],
    ]);
    expect(quiet[2]).toBeCloseTo(quiet[0] ?? 0, 0);
    expect(evidenceAfter([[0, 0]])).toEqual([1]);
  });

  test('stays a number however bad it gets', () => {
    const found = evidenceAfter(broken(5000), { of: 5000 });
    expect(found.every((value) => Number.isFinite(value) && value >= 0)).toBe(true);
  });

  test('what does harm late is seen as well as what does harm at once, at the price of a few ticks', () => {
    const calm = Array.from({ length: 40 }, () => [1, 100] as const);
    const bad = Array.from({ length: 20 }, () => [5, 100] as const);
    const late = evidenceAfter([...calm, ...bad]).findIndex((value) => value >= needed) - 40;
    const atOnce = evidenceAfter(bad).findIndex((value) => value >= needed);
    expect(atOnce).toBeGreaterThan(0);
    expect(late).toBeGreaterThan(0);
    expect(late).toBeLessThanOrEqual(2 * atOnce + 2);
  });
});

test('odds are scaled, so that no share passes 1', () => {
  expect(scaleOdds(0.5, 3)).toBe(0.75);
  expect(scaleOdds(0.999, 1e9)).toBeLessThanOrEqual(1);
  expect(scaleOdds(0.001, 2)).toBeCloseTo(0.002, 5);
});

test.for([5e-324, 1e-250])('a release with next to no traffic (%d requests) next to a control leaves numbers', (total) => {
  const reference = { expected: 1, tolerated: 1.25, harm: 2, phi: 2 };
  for (const side of ['up', 'down'] as const) {
    const fold = evidenceFold(
      { reference, hasControl: true, isRatio: true },
      { side, isShare: true, alpha: 0.01, looks: 60, stepMs: 15_000 },
    );
    const { against, forIt } = fold.step(fold.initial, { own: { bad: 0, total }, control: { bad: 1, total: 0.5 } });
    expect([...against.sums, against.value, ...forIt.sums, forIt.value].filter((value) => !Number.isFinite(value))).toEqual([]);
  }
});
