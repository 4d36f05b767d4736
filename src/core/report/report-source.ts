import type { ChartSource } from '../chart/chart.ts';
import type { Measurement } from '../judge/measurement.ts';

/** A check's newest answer of the bake itself and of the recovery after a rollback, and how many passes asked it. */
export type ReportCheck = {
  readonly name: string;
  readonly provider: string;
  readonly critical: boolean;
  readonly baking: Measurement | null;
  readonly verifying: Measurement | null;
  readonly asked: number;
  readonly couldNotAsk: number;
};

/** One try of the rollback hook, or of the traffic hook. `outcome: null`: started, and not heard of since. */
export type ReportAttempt = {
  readonly orderId: string;
  readonly number: number;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly outcome: string | null;
  readonly output: string;
};

/** What a report is made of. `previous` is the release that was known good before; `at` is when the report is made. */
export type ReportSource = ChartSource & {
  readonly at: number;
  readonly checks: readonly ReportCheck[];
  readonly attempts: readonly ReportAttempt[];
  readonly prunedAt: number | null;
  readonly previous: { readonly version: string; readonly commit?: string | undefined } | null;
};
