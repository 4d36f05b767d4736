/** Counts and times what the shell does. Each method reports what happened. Labels have few values: never a release or a deploy. */
export interface Meter {
  measured(labels: { readonly provider: string; readonly outcome: string }): void;
  providerAsked(labels: { readonly provider: string; readonly outcome: string }, seconds: number): void;
  /** A question was not sent: the provider does not answer (`open`), or has too much to answer (`shed`). */
  questionSkipped(labels: { readonly provider: string; readonly reason: string }): void;
  passFinished(seconds: number, lagSeconds: number): void;
  attempted(labels: { readonly kind: string; readonly plugin: string; readonly outcome: string }): void;
  gaveUp(labels: { readonly kind: string; readonly plugin: string }): void;
  /** A bake entered a state. */
  stateEntered(state: string): void;
  /** A bake left `baking` because of a judgement or at its time limit. `seconds` is the time since the deploy. */
  decided(state: DecidedState, seconds: number): void;
  /** A rollback order ended. */
  rolledBack(outcome: RollbackOutcome): void;
  drilled(outcome: DrillOutcome): void;
  /** Alerts that other systems sent were not stored. */
  alertsDropped(reason: AlertDropReason, count: number): void;
  /** The HTTP server answered. `route` is the pattern of a route, never a path. */
  requestAnswered(labels: { readonly route: string; readonly method: string; readonly status: number }, seconds: number): void;
  /** The retention deleted old measurements. */
  pruned(measurements: number): void;
}

/** Why an alert is not stored. */
export const alertDropReasons = ['no_place', 'unknown_place', 'not_allowed', 'too_large'] as const;
/** Why an alert is not stored. */
export type AlertDropReason = (typeof alertDropReasons)[number];
/** The states that can follow `baking` without a person. */
export const decidedStates = ['passed', 'inconclusive', 'failed', 'rolling_back', 'awaiting_approval'] as const;
/** A state that can follow `baking` without a person. */
export type DecidedState = (typeof decidedStates)[number];
/** How a rollback order can end. */
export const rollbackOutcomes = ['recovered', 'not_measured', 'not_recovered', 'not_done', 'unknown'] as const;
/** How a rollback order ended. */
export type RollbackOutcome = (typeof rollbackOutcomes)[number];
/** How a drill can end. */
export const drillOutcomes = ['succeeded', 'failed'] as const;
/** How a drill ended. */
export type DrillOutcome = (typeof drillOutcomes)[number];
