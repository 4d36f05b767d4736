import { ProviderError } from '../../src/core/base/errors.ts';
import type { Window } from '../../src/core/base/window.ts';
import type { Series, SeriesQuery } from '../../src/ports/provider.ts';
import type { FetchTogether } from '../joins-by-window.ts';
import { badResponse } from '../refusal.ts';
import type { CallCloudWatch } from './api.ts';
import { compose, type MetricDataQuery, type QueryParts } from './compose.ts';
import type { CloudWatchResult } from './dimensions.ts';
import { countProblem, functionProblem, periodProblem } from './lint.ts';
import { parseQuery } from './query.ts';
import { joinPages, type MetricDataPage, readPage, type SeriesById } from './reply.ts';

/**
 * Creates the fetcher. CloudWatch stores statistics by period, so the server counts the events of each tick for every form but `gauge`. A tick without a point
 * has no data: a load balancer sends no count of errors where there are none, and only the other count of a ratio tells whether it is 0.
 */
export function createFetch(call: CallCloudWatch): FetchTogether {
  return async (queries, signal) => {
    const [first] = queries;
    if (first === undefined) return [];
    const parts = queries.map((query, i) => partsOf(query, `q${i}`));
    const found = await fetchPages(call, { queries: parts.flatMap((one) => one.queries), window: first.window }, signal);
    return queries.map(({ form }, i) => ({ shape: form === 'gauge' ? 'gauge' : 'delta', series: seriesOf(parts[i], found) }));
  };
}

/** An answer has at most 100,800 points, and the rest is on further pages. */
const maxPages = 100;

type PagesRequest = { readonly queries: readonly MetricDataQuery[]; readonly window: Window };

async function fetchPages(call: CallCloudWatch, { queries, window }: PagesRequest, signal: AbortSignal): Promise<SeriesById> {
  const input = {
    MetricDataQueries: queries,
    StartTime: window.from / 1_000,
    EndTime: window.to / 1_000,
    ScanBy: 'TimestampAscending',
  };
  const pages: MetricDataPage[] = [];
  for (let token: string | null | undefined; pages.length < maxPages; ) {
    const page = readPage(await call('GetMetricData', token ? { ...input, NextToken: token } : input, signal));
    pages.push(page);
    token = page.NextToken;
    if (!token) return joinPages(pages, window);
  }
  throw badResponse('CloudWatch', `it has more than ${maxPages} pages`);
}

/** The maximum number of metrics and expressions in one request. */
const maxMetrics = 500;

/** A query that cannot be read is in no part: it is asked alone, and refused there. */
export function inParts(queries: readonly SeriesQuery[]): readonly (readonly SeriesQuery[])[] {
  const parts: SeriesQuery[][] = [];
  let room = 0;
  for (const query of queries) {
    const parsed = parseQuery(query.query);
    if (!parsed.ok) continue;
    const size = parsed.value.terms.length + 1;
    const last = parts.at(-1);
    if (last && size <= room) last.push(query);
    else parts.push([query]);
    room = (last && size <= room ? room : maxMetrics) - size;
  }
  return parts;
}

function partsOf(query: SeriesQuery, prefix: string): QueryParts {
  if (query.form === 'probe' || query.form === 'alert') throw new ProviderError('bad_query', 'CloudWatch makes no probes');
  if (query.form === 'increase' && query.by.length > 0)
    throw new ProviderError('bad_query', `CloudWatch cannot split a metric by ${query.by.join(', ')}: write one check for each value`);
  const { stepMs } = query.window;
  const isCount = query.form !== 'gauge';
  const parsed = valueOrThrow(parseQuery(query.query));
  const problem = functionProblem(parsed) ?? periodProblem(parsed, stepMs) ?? (isCount ? countProblem(parsed) : null);
  if (problem) valueOrThrow(problem);
  const matchers = 'matchers' in query ? query.matchers : '';
  return valueOrThrow(compose(parsed, { matchers, isCount, stepMs, prefix }));
}

function seriesOf(parts: QueryParts | undefined, found: SeriesById): readonly Series[] {
  const results = parts?.results ?? [];
  const lists = results.map(({ id, metric }) => ({ metric, series: found.get(id) ?? [] }));
  if (lists.length === 1) return lists.flatMap(({ series }) => series);
  return lists.flatMap(({ metric, series }) => series.map((one) => ({ ...one, labels: { ...one.labels, metric } })));
}

function valueOrThrow<T>(result: CloudWatchResult<T>): T {
  if (result.ok) return result.value;
  throw new ProviderError('bad_query', `${result.problem} (${result.hint})`);
}
