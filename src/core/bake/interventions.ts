import type { StateName } from './bake.ts';

/** What a person can do with a bake, apart from ending it. */
export type InterventionKind = 'approve' | 'roll_back' | 'pass' | 'extend';

/** How long an extension is if the person does not say it. */
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

/** The interventions that a state allows. `transition` does not refuse them because of the state, but a guard may still hold a rollback. */
export function interventionsIn(state: StateName): readonly InterventionKind[] {
  return interventionsByState[state];
}
