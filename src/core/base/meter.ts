/** What the shell counts and times. Labels are few and never a release or a deploy. */
export interface Meter {
  measured(labels: { readonly provider: string; readonly outcome: string }): void;
  providerAsked(labels: { readonly provider: string; readonly outcome: string }, seconds: number): void;
  passFinished(seconds: number, lagSeconds: number): void;
  attempted(labels: { readonly kind: string; readonly plugin: string; readonly outcome: string }): void;
  gaveUp(labels: { readonly kind: string; readonly plugin: string }): void;
  /** A bake entered a state. */
  stateEntered(state: string): void;
  /** A judgement, or its absence until the limit, ended the watch over a deploy: what it led to, and how long after the deploy. */
  decided(state: DecidedState, seconds: number): void;
  /** What came of an order to roll back. */
  rolledBack(outcome: RollbackOutcome): void;
  drilled(outcome: DrillOutcome): void;
  /** Measurements that were too old to be kept. */
  pruned(measurements: number): void;
}

/** The states that a judgement, or its absence, leads to. */
export const decidedStates = ['passed', 'inconclusive', 'failed', 'rolling_back', 'awaiting_approval'] as const;
export type DecidedState = (typeof decidedStates)[number];
export const rollbackOutcomes = ['recovered', 'not_recovered', 'not_done', 'unknown'] as const;
export type RollbackOutcome = (typeof rollbackOutcomes)[number];
export const drillOutcomes = ['succeeded', 'failed'] as const;
export type DrillOutcome = (typeof drillOutcomes)[number];
