import { formatDuration } from '../base/duration.ts';
import type { Window } from '../base/window.ts';
import { anyValue } from '../series/inspection.ts';
import { type QueryValues, renderQuery } from './render-query.ts';
import type { QuerySource } from './rule-set.ts';

/** What a look at a source is about: the known values of its placeholders, the matchers of a control, and the time. */
export type InspectionScope = { readonly values: QueryValues; readonly matchers: string; readonly window: Window };

/** A source as a question about what there is. The version, the commit and the known-good release are left open: the next deploy has other ones. */
export function inspectionQuery(source: QuerySource, { values, matchers, window }: InspectionScope) {
  const filled = { ...values, version: anyValue, commit: anyValue, known_good: anyValue, step: formatDuration(window.stepMs) };
  const rendered = renderQuery(matchers, filled);
  if ('query' in source) return { form: 'query', query: renderQuery(source.query, { ...filled, matchers: rendered }), window } as const;
  return { form: 'selector', query: renderQuery(source.selector, filled), matchers: rendered, window } as const;
}
