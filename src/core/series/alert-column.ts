import { tickCount, type Window } from '../base/window.ts';
import type { AlertAnswer, AlertRun } from './alerts.ts';
import type { Column } from './ticks.ts';

/** An alert that fires again within this time counts as the same firing: a flapping alert does not become new with each flap. */
export const sameFiringMs = 600_000;

/** The smallest amount: an alert that became active at the very end of a tick is active. */
const minSec = 0.001;

/**
 * Alerts as one number per tick: for how many seconds, at the end of the tick, the alert has been active. Positive: it fires. Negative: it is only pending. 0:
 * inactive, or muted. `null`: unknown. Of several alerts, one that fires comes before one that is pending, and the newest before older ones: an alert from
 * before a deploy never hides one that came after it. So a tick holds what is needed to judge any deploy, and can be stored before it is known which.
 */
export function alertColumn({ alerts, unknown, knownFrom }: AlertAnswer, { from, to, stepMs }: Window): Column {
  const runs = withSince(alerts).filter(({ muted }) => muted === null);
  return Array.from({ length: tickCount({ from, to, stepMs }) }, (_, i) => {
    const begin = from + i * stepMs;
    const end = begin + stepMs;
    const active = runs.filter(({ activeAt, endedAt }) => activeAt <= end && (endedAt === null || endedAt > begin));
    const firing = active.filter(({ firingAt }) => firingAt !== null && firingAt <= end);
    if (firing.length > 0) return secondsOf(firing, end);
    if (active.length > 0) return -secondsOf(active, end);
    return unknown !== null || (knownFrom !== null && begin < knownFrom) ? null : 0;
  });
}

/** `since`: when the alert became active, or where that was soon after it had fired, when it became active then. */
export type DatedRun = AlertRun & { readonly since: number };

/** Joins flaps: a run that follows a firing of the same alert soon enough is as old as that one. Oldest run first. */
export function withSince(alerts: readonly AlertRun[]): readonly DatedRun[] {
  const fired = new Map<string, DatedRun>();
  return alerts
    .toSorted((a, b) => a.activeAt - b.activeAt)
    .map((run) => {
      const key = JSON.stringify([run.name, Object.entries(run.labels).toSorted(([a], [b]) => (a < b ? -1 : 1))]);
      const before = fired.get(key);
      const isSame = before !== undefined && before.endedAt !== null && run.activeAt - before.endedAt <= sameFiringMs;
      const dated = { ...run, since: isSame ? before.since : run.activeAt };
      if (run.firingAt !== null) fired.set(key, dated);
      return dated;
    });
}

function secondsOf(runs: readonly DatedRun[], end: number): number {
  return Math.max(minSec, (end - Math.max(...runs.map(({ since }) => since))) / 1_000);
}
