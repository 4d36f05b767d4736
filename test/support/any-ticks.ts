import fc from 'fast-check';
import type { Ticks, TicksKind } from '../../src/core/series/ticks.ts';

const inf = Number.POSITIVE_INFINITY;
/** Numbers that sources should never send, among those that they do. */
const strange = fc.constantFrom(null, 0, -1, 0.5, Number.NaN, inf, -inf, 1e308, Number.MAX_SAFE_INTEGER, 5e-324);
const usual = fc.integer({ min: 0, max: 200 });
const numbers = fc.oneof({ weight: 3, arbitrary: usual }, strange);

/** Ticks of any kind (or of the given one), up to 30, with all that can be wrong in them. */
export function anyTicks(kind?: TicksKind): fc.Arbitrary<Ticks> {
  const kinds: Readonly<Record<TicksKind, fc.Arbitrary<Ticks>>> = {
    ratio: fc
      .array(fc.tuple(numbers, numbers), { maxLength: 30, size: 'max' })
      .map((rows) => ({ kind: 'ratio', bad: rows.map(([bad]) => bad), total: rows.map(([, total]) => total) })),
    rate: fc.tuple(fc.array(fc.tuple(numbers, numbers), { maxLength: 30, size: 'max' }), fc.boolean()).map(([rows, hasExposure]) => ({
      kind: 'rate',
      count: rows.map(([count]) => count),
      ...(hasExposure && { exposure: rows.map(([, one]) => one) }),
    })),
    latency: fc
      .array(
        fc.oneof(
          fc.array(usual, { maxLength: 4 }),
          fc.tuple(usual, usual, usual).map((row) => row.toSorted((a, b) => a - b)),
          fc.constant(null),
        ),
        { maxLength: 30, size: 'max' },
      )
      .map((buckets) => ({ kind: 'latency', le: [0.1, 0.5, inf], buckets })),
    value: fc.array(numbers, { maxLength: 30, size: 'max' }).map((value) => ({ kind: 'value', value })),
  };
  return kind ? kinds[kind] : fc.oneof(...Object.values(kinds));
}
