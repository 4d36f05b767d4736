import type { CheckRule } from '../rules/rule-set.ts';
import type { SeriesTally } from './series-tally.ts';
import type { SourceSighting } from './source-sightings.ts';
import type { Verdict } from './verdict.ts';

/**
 * Marks a verdict of a check that may watch nothing: a selector has never matched a series, while its sibling has, and there was no such event in the
 * bake either. A failure needs no mark: it rests on events. `never_seen: ok` of the owner confirms the selector.
 */
export function withUnproven(
  verdict: Verdict,
  { neverSeen, question }: CheckRule,
  { sources }: Pick<SeriesTally, 'sources'>,
  sightings: readonly SourceSighting[],
): Verdict {
  if (verdict.outcome === 'fail' || neverSeen === 'ok') return verdict;
  const unmatched = sightings.find(({ source, isMatched }) => !isMatched && !sources.includes(columnOf(question.kind, source)));
  return unmatched === undefined ? verdict : { ...verdict, unproven: `unproven: ${unmatched.text}` };
}

/** The column of ticks that a source fills. */
function columnOf(kind: CheckRule['question']['kind'], source: string): string {
  if (kind === 'ratio') return source === 'bad' ? 'bad' : 'total';
  return kind === 'rate' && source !== 'count' ? 'exposure' : source;
}
