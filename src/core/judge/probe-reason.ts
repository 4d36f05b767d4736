import type { Ticks } from '../series/ticks.ts';
import type { Verdict } from './verdict.ts';

/**
 * A verdict with what its provider saw at the newest tick, in words: of a probe, people want to read "HTTP 502, expected 200" and not a share of
 * attempts. A check that failed before and looks well by now says both.
 */
export function withSeen(verdict: Verdict, seen: string | null, ticks: Ticks): Verdict {
  if (seen === null) return verdict;
  const isWell = ticks.kind === 'ratio' && ticks.bad.at(-1) === 0;
  const reason = verdict.outcome === 'fail' && isWell ? `${verdict.reason}; by now ${seen}` : `${seen} (${verdict.reason})`;
  return { ...verdict, reason };
}
