import type { Ticks } from '../series/ticks.ts';
import type { Verdict } from './verdict.ts';

/**
 * Adds to the reason what the provider observed at the newest tick. For a probe, "HTTP 502, expected 200" helps more than a share of attempts.
 * If a check failed earlier and the newest tick is good, the reason states both.
 */
export function withObservation(verdict: Verdict, observed: string | null, ticks: Ticks): Verdict {
  if (observed === null) return verdict;
  const isWell = ticks.kind === 'ratio' && ticks.bad.at(-1) === 0;
  const reason = verdict.outcome === 'fail' && isWell ? `${verdict.reason}; by now ${observed}` : `${observed} (${verdict.reason})`;
  return { ...verdict, reason };
}
