import type { CheckRule } from '../rules/rule-set.ts';
import type { Ticks } from '../series/ticks.ts';
import type { SourceSighting } from './source-sightings.ts';
import type { Verdict } from './verdict.ts';

/**
 * Marks a verdict of a check that may watch nothing: a selector has never matched a series, while its sibling has, and there was no such event in the
 * bake either. A failure needs no mark: it rests on events. `never_seen: ok` of the owner confirms the selector.
 */
export function withUnproven(verdict: Verdict, { neverSeen }: CheckRule, ticks: Ticks, sightings: readonly SourceSighting[]): Verdict {
  if (verdict.outcome === 'fail' || neverSeen === 'ok') return verdict;
  const unmatched = sightings.find(({ source, isMatched }) => !isMatched && !hasEvents(ticks, source));
  return unmatched === undefined ? verdict : { ...verdict, unproven: `unproven: ${unmatched.text}` };
}

function hasEvents(ticks: Ticks, source: string): boolean {
  return columnOf(ticks, source).some((count) => count !== null && count > 0);
}

function columnOf(ticks: Ticks, source: string): readonly (number | null)[] {
  switch (ticks.kind) {
    case 'ratio':
      return source === 'bad' ? ticks.bad : ticks.total;
    case 'rate':
      return source === 'count' ? ticks.count : (ticks.exposure ?? []);
    default:
      return [];
  }
}
