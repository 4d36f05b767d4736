import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { breachesIn, type Damping, isTripped, withReading } from '../../../src/core/judge/damping.ts';

/** The reading that trips, and the readings at that moment. `X` is a reading beyond the limit, `.` one within it. */
function damp(marks: string, damping: Damping) {
  let recent: readonly boolean[] = [];
  for (const [i, mark] of [...marks].entries()) {
    recent = withReading(recent, mark === 'X', damping);
    if (isTripped(recent, damping)) return { at: i + 1, breaches: breachesIn(recent), of: recent.length };
  }
  return null;
}

test.for([
  { name: 'without damping the first breach trips', marks: '..X', k: 1, n: 1, expected: { at: 3, breaches: 1, of: 1 } },
  { name: 'two of three need not be neighbours', marks: '.X.X', k: 2, n: 3, expected: { at: 4, breaches: 2, of: 3 } },
  { name: 'two too far apart do not trip', marks: 'X..X', k: 2, n: 3, expected: null },
  { name: 'two of three trip before there are three', marks: 'XX', k: 2, n: 3, expected: { at: 2, breaches: 2, of: 2 } },
  { name: 'a flap that is over does not trip', marks: 'X..', k: 2, n: 3, expected: null },
  { name: 'no reading does not trip', marks: '', k: 1, n: 1, expected: null },
])('$name', ({ marks, k, n, expected }) => {
  expect(damp(marks, { k, n })).toEqual(expected);
});

describe('whatever comes', () => {
  const flaps = fc.string({ unit: fc.constantFrom('X', '.'), maxLength: 30, size: 'max' });
  const dampings = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 4 })).map(([k, more]) => ({ k, n: k + more }));

  test('it trips exactly where k of n in a row breach', () => {
    fc.assert(
      fc.property(flaps, dampings, (marks, damping) => {
        const ends = [...marks].map((_, i) => i + 1);
        const first = ends.find((end) => marks.slice(Math.max(0, end - damping.n), end).split('X').length > damping.k);
        expect(damp(marks, damping)?.at).toBe(first);
      }),
    );
  });
});
