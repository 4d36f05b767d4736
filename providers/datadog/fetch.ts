import { ProviderError } from '../../src/core/base/errors.ts';
import type { Window } from '../../src/core/base/window.ts';
import type { Series, SeriesQuery } from '../../src/ports/provider.ts';
import type { FetchTogether } from '../joins-by-window.ts';
import type { DatadogApi } from './api.ts';
import { type ComposedQuery, compose } from './compose.ts';
import { countProblem, functionProblem } from './lint.ts';
import { type DatadogResult, parseQuery } from './query.ts';
import { readReply } from './reply.ts';

/**
 * Creates the fetcher. Datadog stores events per interval, so the server counts the events of each tick for every form but `gauge`. A tick without a point
 * has no data: only the other count of a ratio tells whether it is 0.
 */
export function createFetch({ timeseries }: Pick<DatadogApi, 'timeseries'>): FetchTogether {
  return async (queries, signal) => {
    const [first] = queries;
    if (first === undefined) return [];
    const { from, to, stepMs } = wholeSeconds(first.window);
    const composed: ComposedQuery[] = [];
    let names = 0;
    for (const query of queries) {
      const one = composedOf(query, names);
      composed.push(one);
      names += one.queries.length;
    }
    const request = {
      ...{ from, to, interval: stepMs },
      queries: composed.flatMap((one) => one.queries.map(({ name, query }) => ({ name, query }))),
      formulas: composed.flatMap((one) => one.formulas),
    };
    const lists = [...readReply(await timeseries(request, signal), { window: first.window, count: request.formulas.length })];
    return queries.map(({ form }, i) => ({ shape: form === 'gauge' ? 'gauge' : 'delta', series: seriesOf(composed[i], lists) }));
  };
}

/** Takes the series of a query from the front of the lists. Those of several metrics are labeled. */
function seriesOf(composed: ComposedQuery | undefined, lists: (readonly Series[])[]): readonly Series[] {
  const own = lists.splice(0, composed?.formulas.length ?? 0);
  if (own.length === 1) return own.flat();
  return own.flatMap((list, i) => list.map((one) => ({ ...one, labels: { ...one.labels, metric: composed?.queries[i]?.metric ?? '' } })));
}

/** The maximum number of queries in one request: a wrong one makes the others be asked again. */
const maxJoined = 10;

/** Splits queries into requests. */
export function inParts(queries: readonly SeriesQuery[]): readonly (readonly SeriesQuery[])[] {
  const count = Math.ceil(queries.length / maxJoined);
  return Array.from({ length: count }, (_, i) => queries.slice(i * maxJoined, (i + 1) * maxJoined));
}

function composedOf(query: SeriesQuery, first: number): ComposedQuery {
  if (query.form === 'probe' || query.form === 'alert') throw new ProviderError('bad_query', 'Datadog makes no probes');
  const parsed = valueOrThrow(parseQuery(query.query));
  const problem = functionProblem(parsed) ?? (query.form === 'gauge' ? null : countProblem(parsed));
  if (problem) valueOrThrow(problem);
  const matchers = 'matchers' in query ? query.matchers : '';
  const by = query.form === 'increase' ? query.by : [];
  return valueOrThrow(compose(parsed, { matchers, by, isCount: query.form !== 'gauge', first }));
}

function wholeSeconds(window: Window): Window {
  if (window.stepMs % 1_000 === 0) return window;
  throw new ProviderError('bad_query', `Datadog needs ticks of whole seconds, not ${window.stepMs} ms`);
}

function valueOrThrow<T>(result: DatadogResult<T>): T {
  if (result.ok) return result.value;
  throw new ProviderError('bad_query', `${result.problem} (${result.hint})`);
}
