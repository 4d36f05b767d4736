import type { Ticks } from '../series/ticks.ts';
import { explain, fitHeadline } from './explanation.ts';
import { explanationOf } from './headline.ts';
import type { Verdict } from './verdict.ts';

/**
 * Adds to the words what the provider observed at the newest tick. For a probe, "HTTP 502, expected 200" helps more than a share of attempts.
 * If a check failed earlier and the newest tick is good, the words state both.
 */
export function withObservation(verdict: Verdict, observed: string | null, ticks: Ticks): Verdict {
  if (observed === null) return verdict;
  const { headline, because, notes } = explanationOf(verdict);
  const isWell = ticks.kind === 'ratio' && ticks.bad.at(-1) === 0;
  if (verdict.outcome === 'fail' && isWell) return { ...verdict, ...explain(headline, because, [`by now ${observed}`, ...notes]) };
  const first = fitHeadline(`${observed}: ${headline}`, observed);
  return { ...verdict, ...explain(first, first === observed ? [headline, because].filter(Boolean).join('; ') : because, notes) };
}
