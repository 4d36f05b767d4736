import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { damp } from '../../../src/core/judge/damping.ts';
import type { Reading } from '../../../src/core/judge/readings.ts';

/** `X` is a reading beyond the limit, `.` one within it. */
const list = (marks: string): readonly Reading[] =>
  [...marks].map((mark, i) => ({ value: mark === 'X' ? 1 : 0, samples: 1, from: i, to: i + 1 }));
const isBreach = ({ value }: Reading) => value === 1;

test.for([
  { name: 'without damping the first breach trips', marks: '..X', k: 1, n: 1, expected: { kind: 'tripped', breaches: 1, of: 1 } },
  { name: 'two of three need not be neighbours', marks: '.X.X', k: 2, n: 3, expected: { kind: 'tripped', breaches: 2, of: 3 } },
  { name: 'two too far apart do not trip', marks: 'X..X', k: 2, n: 3, expected: { kind: 'hanging', breaches: 1, of: 3 } },
  { name: 'two of three trip before there are three', marks: 'XX', k: 2, n: 3, expected: { kind: 'tripped', breaches: 2, of: 2 } },
  { name: 'a flap that is over is clear', marks: 'X..', k: 2, n: 3, expected: { kind: 'clear' } },
  { name: 'what has tripped stays tripped', marks: 'XX......', k: 2, n: 2, expected: { kind: 'tripped', reading: { from: 1 } } },
  { name: 'no reading is neither good nor bad', marks: '', k: 1, n: 1, expected: { kind: 'empty' } },
])('$name', ({ marks, k, n, expected }) => {
  expect(damp(list(marks), isBreach, { k, n })).toMatchObject(expected);
});

describe('whatever comes', () => {
  const flaps = fc.string({ unit: fc.constantFrom('X', '.'), maxLength: 30 });
  const dampings = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 4 })).map(([k, more]) => ({ k, n: k + more }));

  test('it trips exactly where k of n in a row breach, and later readings change nothing', () => {
    fc.assert(
      fc.property(flaps, dampings, (marks, damping) => {
        const ends = [...marks].map((_, i) => i + 1);
        const first = ends.find((end) => marks.slice(Math.max(0, end - damping.n), end).split('X').length > damping.k);
        const damped = damp(list(marks), isBreach, damping);
        expect(damped.kind === 'tripped' ? damped.reading.to : undefined).toBe(first);
      }),
    );
  });
});
