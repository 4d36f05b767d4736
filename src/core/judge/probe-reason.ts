import type { Ticks } from '../series/ticks.ts';
import { explain, fitHeadline } from './explanation.ts';
import { explanationOf } from './headline.ts';
import type { Verdict } from './verdict.ts';

/**
 * Puts what the provider observed at the newest tick first. For a probe, "2 of 2 attempts failed: HTTP 502, expected 200" helps more than a share of
 * attempts. If a check failed earlier and the newest tick is good, the words state both.
 */
export function withObservation(verdict: Verdict, observed: string | null, ticks: Ticks): Verdict {
  if (observed === null) return verdict;
  const { headline, because, notes } = explanationOf(verdict);
  const isWell = ticks.kind === 'ratio' && ticks.bad.at(-1) === 0;
  if (verdict.outcome === 'fail' && isWell) return { ...verdict, ...explain(headline, because, [`by now ${observed}`, ...notes]) };
  if (verdict.outcome !== 'inconclusive') return { ...verdict, ...explain(observed, because, notes) };
  // After a gap the gap is the reason, not what was seen after it.
  if (verdict.isSilent === true) return { ...verdict, ...explain(headline, because, [`by now ${observed}`, ...notes]) };
  const open = fitHeadline(`${observed}: not sure yet`, observed);
  return { ...verdict, ...explain(open, [headline, because].filter(Boolean).join('; '), notes) };
}
