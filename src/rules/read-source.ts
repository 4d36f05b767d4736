import type { QuerySource, Question } from '../core/rules/rule-set.ts';
import type { Cursor } from './cursor.ts';
import { queryProblems, readSelector, type SelectorContext } from './query-problems.ts';
import { Ratio, Source } from './ratio-file.ts';

/** Reads `bad` and `total`, and reports their problems. */
export function readRatio(cursor: Cursor, context: SelectorContext): Extract<Question, { bad: QuerySource }> | null {
  if (!cursor.isMapOf(Object.keys(Ratio.shape))) return null;
  const bad = readSource(cursor.at('bad'), context);
  const total = readSource(cursor.at('total'), context);
  return bad && total && { kind: 'ratio', bad, total };
}

/** Reads a selector or a query, and reports its problems. */
export function readSource(cursor: Cursor, context: SelectorContext): QuerySource | null {
  const written = cursor.take(Source);
  if (written === undefined) return null;
  if (typeof written === 'string') {
    return { selector: readSelector(cursor, written, context) };
  }
  queryProblems(cursor.at('query'), written.query, context);
  return { query: written.query };
}
