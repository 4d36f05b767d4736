import { AppError } from '../core/base/errors.ts';
import type { AlertDropReason, Meter } from '../core/base/meter.ts';
import { nameProblem } from '../core/base/name-pattern.ts';
import type { AlertReport, AlertStore } from '../ports/alert-store.ts';

export type TakeAlertsDeps = {
  readonly store: Pick<AlertStore, 'takeAlerts'>;
  /** Throws `AppError('not_found')` where there are no rules. */
  readonly ruleSetFor: (service: string, environment: string) => unknown;
  readonly meter?: Pick<Meter, 'alertsDropped'> | undefined;
};

/** An alert as it was sent. */
export type SentAlert = Omit<AlertReport, 'service' | 'environment'>;

/** `defaults`: the place of alerts that do not name it. `mayFor`: whether the sender may report alerts of a place. */
export type AlertsRequest = {
  readonly sender: string;
  readonly at: number;
  readonly alerts: readonly SentAlert[];
  readonly defaults: { readonly service?: string | undefined; readonly environment?: string | undefined };
  readonly mayFor: (service: string, environment: string) => boolean;
};

export type AlertCounts = { readonly taken: number; readonly dropped: number };

const maxLabels = 64;
const maxLabelLength = 1_000;

/** Stores the alerts of known services, and counts the others. Throws `AppError('unavailable')`: then the sender must try again. */
export async function takeAlerts({ store, ruleSetFor, meter }: TakeAlertsDeps, request: AlertsRequest): Promise<AlertCounts> {
  const reports: AlertReport[] = [];
  const dropped = new Map<AlertDropReason, number>();
  for (const alert of request.alerts) {
    const service = alert.labels.service ?? request.defaults.service ?? '';
    const environment = alert.labels.environment ?? request.defaults.environment ?? '';
    const report = { ...alert, service, environment, labels: { ...alert.labels, service, environment } };
    const reason = dropReason(report, ruleSetFor, request);
    if (reason === null) reports.push(report);
    else dropped.set(reason, (dropped.get(reason) ?? 0) + 1);
  }
  await store.takeAlerts({ sender: request.sender, at: request.at, reports });
  for (const [reason, count] of dropped) meter?.alertsDropped(reason, count);
  return { taken: reports.length, dropped: request.alerts.length - reports.length };
}

function dropReason(
  { service, environment, labels }: AlertReport,
  ruleSetFor: TakeAlertsDeps['ruleSetFor'],
  { mayFor }: AlertsRequest,
): AlertDropReason | null {
  if (service === '' || environment === '') return 'no_place';
  if (nameProblem(service) !== null || nameProblem(environment) !== null) return 'unknown_place';
  if (!mayFor(service, environment)) return 'not_allowed';
  const texts = Object.entries(labels).flat();
  if (texts.length > 2 * maxLabels || texts.some((text) => text.length > maxLabelLength)) return 'too_large';
  try {
    ruleSetFor(service, environment);
    return null;
  } catch (error) {
    if (error instanceof AppError && (error.code === 'not_found' || error.code === 'conflict')) return 'unknown_place';
    throw error;
  }
}
