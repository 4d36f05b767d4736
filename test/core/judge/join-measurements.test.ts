import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type JoinedTicks, joinMeasurements } from '../../../src/core/judge/join-measurements.ts';
import type { Measurement } from '../../../src/core/judge/measurement.ts';
import { appendTicks, lengthOf, type Ticks } from '../../../src/core/series/ticks.ts';
import { anyTicks } from '../../support/any-ticks.ts';
import { ratio, step, t0 } from '../../support/builders.ts';

const gathering = { check: 'errors', phase: 'baking', from: t0, stepMs: step } as const;

function asked(fromTick: number, ticks: Ticks | null, rest: Partial<Measurement> = {}): Measurement {
  const to = t0 + (fromTick + (ticks === null ? 1 : lengthOf(ticks))) * step;
  const window = { from: t0 + fromTick * step, to, stepMs: step };
  return {
    check: 'errors',
    phase: 'baking',
    at: to,
    window,
    query: 'q',
    result: { outcome: 'pass', reason: 'x' },
    ticks,
    control: null,
    ...rest,
  };
}

describe('what is stored of a check', () => {
  test('is joined in order, and each tick is taken once', () => {
    const list = [
      asked(0, ratio([1, 2])),
      asked(2, null),
      asked(2, ratio([3])),
      asked(2, ratio([9])),
      asked(3, ratio([4]), { check: 'other' }),
      asked(3, ratio([5])),
    ];
    expect(joinMeasurements(list, gathering)).toEqual({
      bake: { startAt: t0, stepMs: step, ticks: ratio([1, 2, 3, 5]) },
      control: null,
      askedUntil: t0 + 4 * step,
    });
  });

  test('waits for the ticks that are missing', () => {
    expect(joinMeasurements([asked(0, ratio([1])), asked(2, ratio([3]))], gathering)).toMatchObject({
      bake: { ticks: ratio([1]) },
      askedUntil: t0 + step,
    });
  });

  test('is nothing before anything was answered', () => {
    expect(joinMeasurements([asked(0, null)], gathering)).toEqual({ bake: null, control: null, askedUntil: t0 });
  });

  const le = fc.constantFrom([], [0.1, 0.5], [0.5, 1], [2]);
  const latency = fc
    .tuple(le, fc.nat(3))
    .map(
      ([bounds, count]): Ticks => ({ kind: 'latency', le: bounds, buckets: Array.from({ length: count }, (_, i) => bounds.map(() => i)) }),
    );
  const pieces = fc.array(fc.tuple(fc.oneof(anyTicks(), latency, anyTicks('rate')), fc.option(fc.oneof(anyTicks(), latency))), {
    maxLength: 8,
  });

  test('is the same as if each look had been appended to the ones before', () => {
    fc.assert(
      fc.property(pieces, (list) => {
        const measurements: Measurement[] = [];
        for (const [ticks, control] of list) {
          const { askedUntil } = oneByOne(measurements);
          measurements.push(asked((askedUntil - t0) / step, ticks, { control }));
        }
        expect(joinMeasurements(measurements, gathering)).toEqual(oneByOne(measurements));
      }),
    );
  });
});

/** The rule in its plainest form. */
function oneByOne(measurements: readonly Measurement[]): JoinedTicks {
  let [bake, control]: (Ticks | null)[] = [null, null];
  let askedUntil = t0;
  for (const m of measurements) {
    if (m.ticks === null || m.window.from !== askedUntil) continue;
    const joined: Ticks | null = bake ? appendTicks(bake, m.ticks) : m.ticks;
    if (joined === null) continue;
    bake = joined;
    if (m.control !== null) control = control ? appendTicks(control, m.control) : m.control;
    askedUntil = m.window.to;
  }
  const placed = (ticks: Ticks | null) => ticks && { startAt: t0, stepMs: step, ticks };
  return { bake: placed(bake ?? null), control: placed(control ?? null), askedUntil };
}
