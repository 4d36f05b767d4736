import type { AlertMatch } from '../core/rules/alert.ts';
import type { AlertRun } from '../core/series/alerts.ts';

/** One alert as a sender reports it. The place, the fingerprint and `startsAt` identify it. */
export type AlertReport = {
  readonly service: string;
  readonly environment: string;
  readonly fingerprint: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly startsAt: number;
  /** `null`: it fires. */
  readonly endedAt: number | null;
};

/** What one call brought. A sender is the name of a token. A delivery without reports is still a sign of life. */
export type AlertDelivery = { readonly sender: string; readonly at: number; readonly reports: readonly AlertReport[] };

/** Which stored alerts are asked for. The match contains `service`. `since`: runs that ended before it are left out. */
export type PushedAlertQuestion = { readonly match: AlertMatch & { readonly service: string }; readonly since: number };

/** `heardAt`: when anything came from a sender that has ever reported an alert of this service; `null`: no sender ever did. */
export type PushedAlerts = { readonly runs: readonly AlertRun[]; readonly heardAt: number | null };

/** The alerts that other systems send. */
export interface AlertStore {
  /** Idempotent. A report that an alert fires is a late copy, and ignored, in the five minutes after the report of its end. */
  takeAlerts(delivery: AlertDelivery): Promise<void>;
  pushedAlerts(question: PushedAlertQuestion): Promise<PushedAlerts>;
}
