import type { TimelineEntry } from '../bake/narrate.ts';

const dayMs = 86_400_000;

/**
 * Whether to notify people of a failed drill: if the drill before it succeeded (or there was none), and then once a day while drills keep failing.
 * `before` is the timeline of the deploy before this drill.
 */
export function shouldNotifyDrillFailure(before: readonly Pick<TimelineEntry, 'at' | 'kind'>[], at: number): boolean {
  const drills = before.filter(({ kind }) => kind === 'drilled' || kind === 'drill_failed');
  const lastGood = drills.findLastIndex(({ kind }) => kind === 'drilled');
  const failures = drills.slice(lastGood + 1);
  const [first, last] = [failures[0], failures.at(-1)];
  if (first === undefined || last === undefined) return true;
  const daysUntil = (instant: number) => Math.floor((instant - first.at) / dayMs);
  return daysUntil(at) > daysUntil(last.at);
}
