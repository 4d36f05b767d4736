import { describe, expect, test } from 'vitest';
import type { BakeEvent } from '../../../src/core/bake/event.ts';
import { type InterventionKind, interventionsIn } from '../../../src/core/bake/interventions.ts';
import { transition } from '../../../src/core/bake/transition.ts';
import { aBake, aPlan, someFacts, stateNames, t0 } from '../../support/builders.ts';

const later = t0 + 60_000;
const events: Readonly<Record<InterventionKind, BakeEvent>> = {
  approve: { type: 'approved', at: later, by: 'ana' },
  roll_back: { type: 'rollback_requested', at: later, by: 'ana', why: 'customers complain', facts: someFacts() },
  pass: { type: 'passed_by_hand', at: later, by: 'ana', why: 'as expected' },
  extend: { type: 'extended', at: later, byMs: 60_000 },
};

describe.for(stateNames)('of a bake that is %s', (state) => {
  test.for(Object.entries(events))('%s is offered if and only if it is possible', ([intervention, event]) => {
    const isPossible = transition(aBake(state), event, aPlan()).ok;
    // Whoever approves rolls back: beside that, asking for the same once more is not offered.
    const isExpected = isPossible && !(state === 'awaiting_approval' && intervention === 'roll_back');
    expect(interventionsIn(state)).toEqual(
      isExpected ? expect.arrayContaining([intervention]) : expect.not.arrayContaining([intervention]),
    );
  });
});
