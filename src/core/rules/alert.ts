/** The labels of the alerts that a check asks for, with their exact values. Values may contain placeholders. */
export type AlertMatch = Readonly<Record<string, string>>;

/** Which alerts are meant, in one line. The pages show it where a metric shows its query. */
export function describeAlerts(match: AlertMatch): string {
  return `alerts with ${Object.entries(match)
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
    .join(', ')}`;
}

/** Whether an alert with these labels is meant. */
export function isMatch(match: AlertMatch, labels: Readonly<Record<string, string>>): boolean {
  return Object.entries(match).every(([label, value]) => (labels[label] ?? '') === value);
}
