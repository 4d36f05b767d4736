import type { Answer, QueryJoins, SeriesQuery } from '../src/ports/provider.ts';

/** Asks queries of one window together, and answers each, in their order. */
export type FetchTogether = (queries: readonly SeriesQuery[], signal: AbortSignal) => Promise<readonly Answer[]>;

/** Joins queries of the same window, so that both counts of a ratio are read at the same moment. `inParts` splits them into requests of a size that is allowed. */
export function joinsByWindow(
  fetchTogether: FetchTogether,
  inParts: (queries: readonly SeriesQuery[]) => readonly (readonly SeriesQuery[])[],
): QueryJoins {
  return {
    accepts: ({ form }) => form !== 'probe' && form !== 'alert',
    lotsOf: (queries) =>
      [...Map.groupBy(queries, ({ window }) => JSON.stringify(window)).values()]
        .flatMap((same) => inParts(same.toSorted((a, b) => (a.query < b.query ? -1 : 1))))
        .filter((part) => part.length > 1)
        .map((part) => ({
          key: part.map(({ query }) => query).join('\n'),
          queries: part,
          fetchAll: (signal) => fetchTogether(part, signal),
        })),
  };
}
