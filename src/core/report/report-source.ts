import type { ChartSource } from '../chart/chart.ts';
import type { Measurement } from '../judge/measurement.ts';

/** The newest measurement of a check during the bake and after a rollback. `asked` counts its queries, `couldNotAsk` the failed ones. */
export type ReportCheck = {
  readonly name: string;
  readonly provider: string;
  readonly critical: boolean;
  readonly baking: Measurement | null;
  readonly verifying: Measurement | null;
  readonly asked: number;
  readonly couldNotAsk: number;
};

/** One attempt of the rollback hook or the traffic hook. `outcome: null`: it started, and its result is unknown. */
export type ReportAttempt = {
  readonly orderId: string;
  readonly number: number;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly outcome: string | null;
  readonly output: string;
};

/** The data of a report. `previous` is the known-good release before. `at` is the time of the report. */
export type ReportSource = ChartSource & {
  readonly at: number;
  readonly checks: readonly ReportCheck[];
  readonly attempts: readonly ReportAttempt[];
  readonly prunedAt: number | null;
  /** When the past that its checks were compared with was deleted; `null`: not yet. */
  readonly pastPrunedAt: number | null;
  readonly previous: { readonly version: string; readonly commit?: string | undefined } | null;
};
