import { expect, test } from 'vitest';
import type { Bake } from '../../src/core/bake/bake.ts';
import type { DeploySummary } from '../../src/ports/bake-store.ts';
import { neighborsPanel } from '../../src/web/deploy-side.ts';

/** A neighbor in a state. The panel looks at nothing else. */
const inState = (state: Bake['state']) =>
  ({
    deploy: { id: 'd', service: 'cart', environment: 'production', registeredAt: 0 },
    bake: { state, ...(state === 'baking' && { nextAt: 1 }) },
  }) as unknown as DeploySummary;

test.for([
  { states: ['passed'], says: 'It did not turn bad, so a common cause is unlikely.' },
  { states: ['baking'], says: 'It did not turn bad so far.' },
  { states: ['passed', 'baking'], says: 'None of them turned bad so far.' },
  { states: ['failed'], says: 'It turned bad too: the cause may be common.' },
  { states: ['failed', 'passed'], says: '1 of them turned bad too: the cause may be common.' },
] as const)('deploys of the same minutes that are $states: $says', ({ states, says }) => {
  expect(String(neighborsPanel(states.map(inState), ['failed', 'rolled_back']))).toContain(says);
});
