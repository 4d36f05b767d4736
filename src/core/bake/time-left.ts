import { formatDuration } from '../base/duration.ts';

/** How long after its planned end a bake is still being judged for the last time. After that it is extended. */
const lastPassMs = 20_000;

type BakePeriod = { readonly endsAt: number; readonly limitAt: number };

/** Whether a bake that has not ended goes on after its planned end. */
export function isExtended({ endsAt, limitAt }: BakePeriod, now: number): boolean {
  return now > endsAt + lastPassMs && limitAt > endsAt;
}

/** How long a bake still takes: "8m left", "extended until 14:00:15 UTC". Never names an instant that is past. */
export function describeTimeLeft(bake: BakePeriod, now: number): string {
  const { endsAt, limitAt } = bake;
  if (now < endsAt) return `${formatTimeLeft(endsAt - now)} left`;
  return isExtended(bake, now) && now < limitAt ? `extended until ${formatClock(limitAt)}` : 'about to end';
}

/** A duration without what nobody needs: seconds below ten minutes, else minutes. */
export function formatTimeLeft(ms: number): string {
  const unit = ms < 600_000 ? 1_000 : 60_000;
  return formatDuration(Math.max(1, Math.round(ms / unit)) * unit);
}

/** The time of day, in UTC. */
export function formatClock(at: number): string {
  return `${new Date(at).toISOString().slice(11, 19)} UTC`;
}
