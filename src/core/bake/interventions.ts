import type { StateName } from './bake.ts';

/** What a person may want of a bake, beside ending the watch. */
export type InterventionKind = 'approve' | 'roll_back' | 'pass' | 'extend';

/** How much longer a bake gets where nobody is asked how much. */
export const defaultExtensionMs = 900_000;

const interventionsByState: Readonly<Record<StateName, readonly InterventionKind[]>> = {
  warming: ['roll_back', 'pass'],
  shifting: ['roll_back', 'pass'],
  baking: ['roll_back', 'pass', 'extend'],
  awaiting_approval: ['approve', 'pass'],
  rolling_back: [],
  verifying: [],
  passed: ['roll_back'],
  rolled_back: [],
  inconclusive: ['roll_back'],
  failed: ['roll_back'],
  canceled: [],
  superseded: [],
};

/** What makes sense in a state: `transition` would not refuse it because of the state. The guards may still have their reasons. */
export function interventionsIn(state: StateName): readonly InterventionKind[] {
  return interventionsByState[state];
}
