import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { delayPass, nextPassAt, passDelayMs, settledUntil } from '../../../src/core/bake/tick-schedule.ts';
import { aBake, aPlan, step } from '../../support/builders.ts';

const spread = (service: string, liveBakes: number, stepMs = step) =>
  passDelayMs({ service, environment: 'production', stepMs, liveBakes });
const counts = fc.integer({ min: 0, max: 50_000 });

describe('the delay of passes', () => {
  test('is less than a step, and less than a few milliseconds for a few bakes', () => {
    fc.assert(
      fc.property(fc.string(), counts, fc.integer({ min: 1_000, max: 3_600_000 }), (service, live, stepMs) => {
        const delay = spread(service, live, stepMs);
        expect(delay).toBeGreaterThanOrEqual(0);
        expect(delay).toBeLessThan(stepMs);
        expect(delay).toBeLessThanOrEqual(1.5 * live);
      }),
    );
  });

  test('spreads bakes evenly over the range, whatever their services are called', () => {
    const tenths = 10;
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.integer({ min: 1_000, max: 20_000 }), (before, after, live) => {
        const range = Math.min(step, 1.5 * live);
        const found = new Array<number>(tenths).fill(0);
        for (let i = 0; i < 2_000; i++) {
          const tenth = Math.floor((spread(`${before}${i}${after}`, live) / range) * tenths);
          found[tenth] = (found[tenth] ?? 0) + 1;
        }
        // 200 are expected in each; 67 are five standard deviations.
        for (const count of found) expect(Math.abs(count - 200)).toBeLessThan(67);
      }),
    );
  });

  test('grows with the number of live bakes, so that the order of services stays', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), counts, (a, b, live) => {
        const [before, after] = [spread(a, 5_000) - spread(b, 5_000), spread(a, live) - spread(b, live)];
        expect(Math.sign(before) * Math.sign(after)).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

test('with a delay, each tick gets one pass, a step apart, and the one at the planned end is not late', () => {
  const plan = aPlan();
  fc.assert(
    fc.property(fc.integer({ min: 0, max: step - 1 }), fc.integer({ min: 0, max: 3_000 }), (delay, lag) => {
      const first = aBake('baking');
      if (first.state !== 'baking') throw new Error(first.state);
      let bake = delayPass(first, plan, delay);
      const passes: { readonly at: number; readonly until: number }[] = [];
      // A scheduler that is late by `lag`, if the next tick has not ended by then.
      while (passes.at(-1)?.until !== first.endsAt) {
        const at = bake.nextAt + Math.min(lag, step - 1 - delay);
        const until = settledUntil(at, plan);
        passes.push({ at, until });
        bake = delayPass({ ...bake, nextAt: nextPassAt(until, at, plan) }, plan, delay);
      }
      expect(passes.map(({ until }) => until)).toEqual(passes.map((_, i) => first.from + (i + 1) * step));
      const [last, ...earlier] = passes.toReversed();
      expect(last?.at).toBeLessThanOrEqual(first.endsAt + plan.settleMs + lag);
      for (const [i, { at }] of earlier.entries()) expect((earlier[i - 1]?.at ?? at + step) - at).toBe(step);
    }),
  );
});

test('only a bake under way is delayed, and not for the tick of its limit', () => {
  const plan = aPlan();
  const verifying = aBake('verifying');
  expect(delayPass(verifying, plan, 900)).toBe(verifying);
  const atLimit = { extendedSince: 1, nextAt: 2_000 + plan.settleMs, endsAt: 1_000, limitAt: 2_000 };
  expect(delayPass(aBake('baking', atLimit), plan, 900)).toMatchObject({ nextAt: 2_000 + plan.settleMs });
  expect(delayPass(aBake('baking', { ...atLimit, limitAt: 9_000 }), plan, 900)).toMatchObject({ nextAt: 2_900 + plan.settleMs });
});
