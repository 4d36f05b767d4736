import { describe, expect, test } from 'vitest';
import type { Ticks } from '../../../src/core/series/ticks.ts';
import type { SeriesInput } from '../../support/over-series.ts';
import { beside, input, ratio, regression } from './build.ts';

const usual = { requests: 300, rate: 0.005, ticks: 120, seed: 7 };
const history = ratio({ ...usual, ticks: 1920, seed: 1 });
const bakeOf = (change: Partial<typeof usual>) => ratio({ ...usual, ...change });

describe('a check on counts ends in one of four ways', () => {
  test('regressed: what was measured, what it was, what is tolerated, and how sure that is', () => {
    const verdict = regression().analyze(input(bakeOf({ rate: 0.05 }), history));
    expect(verdict.outcome).toBe('fail');
    expect(verdict.reason).toMatch(
      /^[\d.]+ % of requests failed \(\d+ of [\d,]+\), was 0\.\d+ %; compared with (the last (30m|2h)|all of its history), tolerated up to [01]\.\d+ %; (very )?sure: at most one healthy bake in (1,0|\d)00 looks like this$/,
    );
    expect(verdict.evidence?.strength).toBeGreaterThanOrEqual(1);
    expect(verdict.evidence?.healthyBakes).toBeGreaterThan(60);
    expect(verdict.evidence?.measured).toBeGreaterThan(verdict.evidence?.limit ?? 1);
  });

  test('healthy: and what could have been seen', () => {
    const verdict = regression().analyze(input(bakeOf({}), history));
    expect(verdict.outcome).toBe('pass');
    expect(verdict.reason).toMatch(/: as expected; a rise to [01](\.\d+)? % would have been seen$/);
    expect(verdict.evidence?.smallestSeen).toBeLessThan(3);
  });

  test('inconclusive: too little traffic passes nothing and fails nothing, and what could have been seen is said', () => {
    const verdict = regression().analyze(input(bakeOf({ requests: 3 }), ratio({ ...usual, requests: 3, ticks: 1920 })));
    expect(verdict.outcome).toBe('inconclusive');
    expect(verdict.reason).toMatch(/: too few to tell; .*; not sure yet: by now only a rise to [\d.]+ % would have been seen$/);
  });

  test('inconclusive, but a broken release would have been seen: the bake need not wait for more', () => {
    const past = ratio({ ...usual, requests: 3, ticks: 1920 });
    const verdictAfter = (ticks: number) => regression().analyze(input(bakeOf({ requests: 3, ticks }), past));
    expect(verdictAfter(120)).toMatchObject({ outcome: 'inconclusive', blocks: false });
    expect('blocks' in verdictAfter(3)).toBe(false);
  });

  test('no data: which is not healthy', () => {
    for (const ticks of [0, 40]) {
      const silent: Ticks = { kind: 'ratio', bad: Array(ticks).fill(0), total: Array(ticks).fill(0) };
      const verdict = regression().analyze(input(silent, history));
      expect([verdict.outcome, 'blocks' in verdict]).toEqual(['inconclusive', false]);
      expect(verdict.reason).toMatch(/^no requests in the .* since the bake began$/);
    }
  });

  test('traffic that stops is no reason to fail', () => {
    const { bad, total } = bakeOf({ ticks: 30 });
    const stopped: Ticks = { kind: 'ratio', bad: [...bad, ...Array(90).fill(0)], total: [...total, ...Array(90).fill(0)] };
    expect(regression().analyze(input(stopped, history)).outcome).not.toBe('fail');
  });

  test('a minimum of samples does not hold evidence back', () => {
    const bake = bakeOf({ rate: 0.5, ticks: 20 });
    const [none, many] = [1, 1e6].map((minSamples) => regression().analyze(input(bake, history, { minSamples })));
    expect(none?.outcome).toBe('fail');
    expect(many).toEqual(none);
  });
});

describe('a pass that rests on evidence', () => {
  test('says since when it has been settled, and is not one before that', () => {
    const follow = regression().follow?.(input(bakeOf({}), history));
    const verdict = follow?.(120);
    expect(verdict).toMatchObject({ outcome: 'pass', settledAfterMs: expect.any(Number) });
    const settled = (verdict?.outcome === 'pass' ? (verdict.settledAfterMs ?? 0) : 0) / 15_000;
    expect(settled).toBeGreaterThan(2);
    expect(settled).toBeLessThan(60);
    expect(follow?.(settled).outcome).toBe('pass');
    expect(follow?.(settled - 1).outcome).toBe('inconclusive');
  });

  test('still becomes a fail where the regression begins later', () => {
    const [first, then] = [bakeOf({ ticks: 60 }), bakeOf({ ticks: 60, rate: 0.05 })];
    const late: Ticks = { kind: 'ratio', bad: [...first.bad, ...then.bad], total: [...first.total, ...then.total] };
    const follow = regression().follow?.(input(late, history));
    expect(follow?.(60).outcome).toBe('pass');
    expect(follow?.(120).outcome).toBe('fail');
  });

  test('a service that never errs passes by not erring', () => {
    const verdict = regression().analyze(input(bakeOf({ rate: 0 }), ratio({ ...usual, rate: 0, ticks: 1920 })));
    expect(verdict.outcome).toBe('pass');
  });
});

describe('beside the old release', () => {
  const share = { requests: 45, rate: 0.005 };
  test('what moves both is not held against the new one', () => {
    const both = { rate: 0.05 };
    const control = beside(bakeOf({ ...both, requests: 255, seed: 9 }));
    expect(regression().analyze(input(bakeOf({ ...share, ...both }), history, { control })).outcome).not.toBe('fail');
  });

  test('what moves the new one alone, is, also without any history', () => {
    const control = beside(bakeOf({ requests: 255, seed: 9 }));
    for (const past of [history, null]) {
      const verdict = regression().analyze(input(bakeOf({ ...share, rate: 0.1 }), past, { control }));
      expect(verdict.outcome).toBe('fail');
      expect(verdict.reason).toContain('old release 0.');
    }
  });

  describe('without any history', () => {
    const verdictOf = (own: Partial<typeof usual>, other: Partial<typeof usual>, more: Partial<SeriesInput> = {}) =>
      regression().analyze(input(bakeOf(own), null, { control: beside(bakeOf({ requests: 2_550, seed: 9, ...other })), ...more }));

    test('a healthy one passes on what the old one shows, and says what could have been seen', () => {
      const verdict = verdictOf({}, {});
      expect(verdict.outcome).toBe('pass');
      expect(verdict.reason).toMatch(
        /, old release 0\.\d+ %; compared with the old release at the same time: as expected; a rise to [01](\.\d+)? % would have been seen$/,
      );
      expect(verdictOf({ rate: 0.4 }, { rate: 0.4 }, { direction: 'down' }).outcome).toBe('pass');
    });

    test('one that is twice as bad does not', () => expect(verdictOf({ rate: 0.01 }, {}).outcome).not.toBe('pass'));

    test('few requests on either side cannot tell', () => {
      for (const few of [verdictOf({ requests: 2 }, {}), verdictOf({}, { requests: 2 })])
        expect(few.reason).toMatch(/: too few to tell; .*; not sure yet: by now only a rise to [\d.]+ % would have been seen$/);
    });

    test('where neither errs, a broken release would have been seen', () => {
      const verdict = verdictOf({ rate: 0 }, { rate: 0 });
      expect(verdict).toMatchObject({ outcome: 'inconclusive', blocks: false });
      expect(verdict.reason).toMatch(/a rise to 0\.0\d+ % would have been seen$/);
    });

    test('an old one without traffic is nothing to compare with', () => {
      const verdict = verdictOf({}, { requests: 0 });
      expect([verdict.outcome, 'blocks' in verdict]).toEqual(['inconclusive', false]);
      expect(verdict.reason).toMatch(/, old release has no data; .*too little data to see any rise/);
    });
  });
});
