import { type CloudWatchResult, type Dimension, parseDimensions, refuse } from './dimensions.ts';
import type { CloudWatchQuery, StatTerm } from './query.ts';

/** A metric with its period and statistic, as the API takes it. */
export type MetricStat = {
  readonly Metric: {
    readonly Namespace: string;
    readonly MetricName: string;
    readonly Dimensions: readonly { readonly Name: string; readonly Value: string }[];
  };
  readonly Period: number;
  readonly Stat: string;
};

/** One query of a request: a metric, or metric math with the ids of metrics. */
export type MetricDataQuery = { readonly Id: string; readonly ReturnData: boolean } & (
  | { readonly MetricStat: MetricStat }
  | { readonly Expression: string }
);

/** A query as the API takes it. `results`: the ids whose data are the answer; those of a count are added up, and labeled with their metric. */
export type QueryParts = {
  readonly queries: readonly MetricDataQuery[];
  readonly results: readonly { readonly id: string; readonly metric: string }[];
};

export type QueryPartsOptions = {
  /** Further dimensions of each metric. */
  readonly matchers: string;
  readonly isCount: boolean;
  readonly stepMs: number;
  /** Makes the ids unique in a request. */
  readonly prefix: string;
};

/**
 * Splits a query into its metrics and metric math. The metrics of a count are asked apart: metric math has no value where one of two metrics has none.
 * Never throws: matchers that are no dimensions are a problem.
 */
export function compose(query: CloudWatchQuery, { matchers, isCount, stepMs, prefix }: QueryPartsOptions): CloudWatchResult<QueryParts> {
  const { text, terms } = query;
  const more = parseDimensions(matchers);
  if (!more.ok) return refuse(`in the matchers: ${more.problem}`, more.hint);
  const isPlain = terms.length === 1 && text.slice(terms[0]?.start, terms[0]?.end) === text.trim();
  const queries: MetricDataQuery[] = [];
  const named: { id: string; metric: string }[] = [];
  let expression = '';
  let at = 0;
  for (const [i, term] of terms.entries()) {
    const twice = term.dimensions.find(({ name }) => more.value.some((one) => one.name === name));
    if (twice)
      return refuse(`in the matchers: the dimension ${twice.name} is given twice`, 'remove it from the query or from the matchers');
    const id = `${prefix}m${i}`;
    named.push({ id, metric: term.metric });
    queries.push({ Id: id, MetricStat: metricStatOf(term, [...term.dimensions, ...more.value], stepMs), ReturnData: isCount || isPlain });
    expression += text.slice(at, term.start) + id;
    at = term.end;
  }
  if (isCount || isPlain) return { ok: true, value: { queries, results: named } };
  const math = { Id: `${prefix}e`, Expression: (expression + text.slice(at)).trim(), ReturnData: true };
  return { ok: true, value: { queries: [...queries, math], results: [{ id: math.Id, metric: '' }] } };
}

function metricStatOf({ namespace, metric, statistic }: StatTerm, dimensions: readonly Dimension[], stepMs: number): MetricStat {
  return {
    Metric: {
      Namespace: namespace,
      MetricName: metric,
      Dimensions: dimensions.map(({ name, value }) => ({ Name: name, Value: value })),
    },
    Period: stepMs / 1_000,
    Stat: statistic,
  };
}
