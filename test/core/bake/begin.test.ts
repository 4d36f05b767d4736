import { describe, expect, test } from 'vitest';
import { begin } from '../../../src/core/bake/begin.ts';
import { aDeploy, aPlan, step, t0 } from '../../support/builders.ts';

const plan = aPlan();

test.for([
  {
    name: 'a finished deploy warms up from its registration',
    given: begin(aDeploy(), plan, 'finished'),
    expected: {
      next: { state: 'warming', deployedAt: t0, nextAt: t0 + 2 * step },
      effects: [{ kind: 'remember_running', moment: 'deployed' }, { topic: 'started' }],
    },
  },
  {
    name: 'a started deploy waits for its end, and for so long only',
    given: begin(aDeploy(), plan, 'started'),
    expected: { next: { state: 'warming', deployedAt: null, nextAt: t0 + plan.finishMs }, effects: [{ topic: 'started' }] },
  },
  {
    name: 'an adopted release is known-good at once, by the person who said so, and what runs is remembered',
    given: begin(aDeploy({ adopted: true, registeredBy: 'ana' }), plan, 'finished'),
    expected: {
      next: { state: 'passed', by: 'ana', at: t0, confidence: 'low' },
      effects: [{ kind: 'remember_running', moment: 'passed' }],
    },
  },
  {
    name: 'an adopted release without a hook needs nothing remembered',
    given: begin(aDeploy({ adopted: true }), aPlan({ hook: null }), 'finished'),
    expected: { next: { state: 'passed' }, effects: [] },
  },
  {
    name: 'a rollback is watched, and known as one',
    given: begin(aDeploy({ cause: { kind: 'rollback', of: 'd9' } }), plan, 'finished'),
    expected: { next: { id: 'd2', cause: 'rollback', state: 'warming' } },
  },
])('$name', ({ given, expected }) => {
  expect(given).toMatchObject(expected);
});

describe('the first notice', () => {
  test.for([
    { phase: 'finished', words: 'warming up for 30s, then baking for 2m' },
    { phase: 'started', words: 'waiting for the deploy to finish, then baking for 2m' },
  ] as const)('of a $phase deploy says what comes next', ({ phase, words }) => {
    expect(begin(aDeploy(), plan, phase).effects.at(-1)).toMatchObject({ reasons: [words] });
  });
});
