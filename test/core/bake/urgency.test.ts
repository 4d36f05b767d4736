import { describe, expect, test } from 'vitest';
import type { Bake } from '../../../src/core/bake/bake.ts';
import { hasBadSign, headStartOf, isUrgent, newestOf } from '../../../src/core/bake/urgency.ts';
import type { Measurement } from '../../../src/core/judge/measurement.ts';
import { aBake } from '../../support/builders.ts';

const window = { from: 0, to: 15_000, stepMs: 15_000 };

function measured(result: Measurement['result'], at = 0): Measurement {
  return { check: 'errors', phase: 'baking', at, window, query: '', result, ticks: null, control: null };
}

const pass = measured({ outcome: 'pass', reason: 'well' });
const undecided = { outcome: 'inconclusive', reason: 'few' } as const;
const baking = aBake('baking');
/** A bake whose end lies this long after its next pass. */
const ending = (ms: number): Bake => aBake('baking', { nextAt: 100_000, endsAt: 100_000 + ms, limitAt: 900_000 });

describe('the next pass', () => {
  test.for<{ name: string; bake: Bake; newest: readonly Measurement[]; urgent: boolean }>([
    { name: 'of a bake that goes well is not urgent', bake: baking, newest: [pass, measured(undecided)], urgent: false },
    { name: 'where a check fails is', bake: baking, newest: [pass, measured({ outcome: 'fail', reason: '9 %' })], urgent: true },
    { name: 'where a check leans against the release is', bake: baking, newest: [measured({ ...undecided, leans: true })], urgent: true },
    { name: 'where a failure is excused is', bake: baking, newest: [measured({ ...undecided, isExcused: true })], urgent: true },
    {
      name: 'where a provider could not be asked is not: nothing bad was seen',
      bake: baking,
      newest: [measured({ outcome: 'error', kind: 'timeout', reason: 'hangs' })],
      urgent: false,
    },
    { name: 'shortly before the end is', bake: ending(30_000), newest: [pass], urgent: true },
    { name: 'longer before the end is not', bake: ending(30_001), newest: [pass], urgent: false },
    { name: 'of an extended bake is not, because of its planned end', bake: ending(-1), newest: [pass], urgent: false },
    { name: 'over a recovery is', bake: aBake('verifying'), newest: [], urgent: true },
    { name: 'of a bake that warms up is not', bake: aBake('warming'), newest: [], urgent: false },
    { name: 'of a final bake is not', bake: aBake('passed'), newest: [], urgent: false },
  ])('$name', ({ bake, newest, urgent }) => {
    expect(isUrgent(bake, hasBadSign(newest))).toBe(urgent);
    expect(headStartOf(bake, newest)).toBe(urgent ? 10_000 : 0);
  });
});

test('only the measurements of the last pass count', () => {
  const [old, a, b] = [measured({ outcome: 'fail', reason: '9 %' }, 1), measured(undecided, 2), measured(undecided, 2)];
  expect(newestOf([old, a, b])).toEqual([a, b]);
  expect(newestOf([])).toEqual([]);
});
