import type { Measurement } from '../judge/measurement.ts';
import type { RuleSet } from '../rules/rule-set.ts';
import type { TimelineEntry } from './narrate.ts';

const badStates: readonly string[] = ['awaiting_approval', 'rolling_back', 'failed'];

/**
 * When a deploy was judged bad: at the first pass in which a critical check failed. If its measurements are already deleted: when the bake changed its
 * state because of it. `null` if the deploy was not judged bad, even if a person requested a rollback.
 */
export function judgedBadAt({ checks }: RuleSet, measurements: readonly Measurement[], timeline: readonly TimelineEntry[]): number | null {
  const moved = timeline.find(({ kind }) => badStates.includes(kind));
  if (moved === undefined || moved.by !== 'bakewatch') return null;
  const critical = new Set(checks.filter((check) => check.critical).map(({ name }) => name));
  const failed = measurements.find((m) => m.phase === 'baking' && m.result.outcome === 'fail' && critical.has(m.check));
  return Math.min(moved.at, failed?.at ?? moved.at);
}
