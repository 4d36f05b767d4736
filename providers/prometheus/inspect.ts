import { ProviderError } from '../../src/core/base/errors.ts';
import { ceilTo, type Window } from '../../src/core/base/window.ts';
import type { Labels } from '../../src/core/series/answer.ts';
import type { Inspection } from '../../src/core/series/inspection.ts';
import type { InspectQuery } from '../../src/ports/provider.ts';
import type { PrometheusApi } from './api.ts';
import { queryDetails, selectorDetails } from './details.ts';
import { openValues } from './open-values.ts';
import { formatMatcher, formatSelector, parseMatchers, parseSelector, type Selector } from './selector.ts';

/** Maximum number of series that are listed. */
const maxSeries = 1_000;
/** Maximum number of metrics with a similar name. */
const maxMetrics = 1_000;
/** Names that differ more in their length are no typing errors of each other. */
const maxLengthDifference = 4;
const maxNames = 20_000;
/** The number of instants of the past at which a query is tried. */
const triedInstants = 200;

/** Looks up which series exist for a selector or a query: `MetricsProvider.inspect`. */
export function createInspect(api: PrometheusApi): (query: InspectQuery, signal: AbortSignal) => Promise<Inspection> {
  return async (query, signal) => (query.form === 'query' ? inspectQuery(api, query, signal) : inspectSelector(api, query, signal));
}

type InspectionOf<Form> = Extract<InspectQuery, { form: Form }>;

async function inspectSelector(
  api: PrometheusApi,
  { query, matchers, window, isDetailed = false }: InspectionOf<'selector'>,
  signal: AbortSignal,
): Promise<Inspection> {
  const own = parseSelector(openValues(query));
  if (!own.ok) throw new ProviderError('bad_query', own.problem);
  const more = parseMatchers(openValues(matchers));
  if (!more.ok) throw new ProviderError('bad_query', `in the matchers: ${more.problem}`);
  const selector: Selector = { ...own.value, matchers: [...own.value.matchers, ...more.value] };
  const text = formatSelector(selector);
  const [found, now, details] = await Promise.all([
    api.series(text, { ...window, limit: maxSeries }, signal),
    api.instant(`count(${text})`, window.to, signal),
    isDetailed ? selectorDetails(api, { selector, at: window.to }, signal) : undefined,
  ]);
  return {
    series: found.series,
    isCut: found.isCut,
    now: now[0]?.samples[0]?.[1] ?? 0,
    selector: {
      metric: selector.metric,
      conditions: selector.matchers.map((matcher) => ({ label: matcher.label, text: formatMatcher(matcher) })),
    },
    ...(found.series.length > 0 ? { others: [], metrics: [] } : await similar(api, { selector, window, isDetailed }, signal)),
    ...(details && { details }),
  };
}

type Missing = { readonly selector: Selector; readonly window: Window; readonly isDetailed: boolean };

/** What there is in place of a selector that matches nothing. */
async function similar(
  api: PrometheusApi,
  { selector, window, isDetailed }: Missing,
  signal: AbortSignal,
): Promise<Pick<Inspection, 'others' | 'metrics' | 'isCut'>> {
  const { metric } = selector;
  const { series, isCut } = await api.series(formatSelector({ metric, matchers: [] }), { ...window, limit: maxSeries }, signal);
  if (series.length > 0) return { others: series, metrics: [], isCut };
  const [word = ''] = /^[A-Za-z]+/.exec(metric) ?? [];
  const named = word === '' ? [] : await api.instant(`group by (__name__) ({__name__=~"${word}.*"})`, window.to, signal);
  // The first word may be the one that is wrong.
  if (named.length === 0 && isDetailed) return { others: [], metrics: await namesLike(api, { metric, window }, signal), isCut: false };
  return { others: [], isCut: named.length > maxMetrics, metrics: named.slice(0, maxMetrics).map((one) => one.metric.__name__ ?? '') };
}

/** The names of metrics that are of about the same length, from all that the server has. Empty where it cannot list them. */
async function namesLike(
  api: PrometheusApi,
  { metric, window }: { readonly metric: string; readonly window: Window },
  signal: AbortSignal,
): Promise<readonly string[]> {
  const names = await api.metricNames(window, signal).catch((error: unknown) => {
    if (error instanceof ProviderError) return [];
    throw error;
  });
  return names.filter((name) => Math.abs(name.length - metric.length) <= maxLengthDifference).slice(0, maxNames);
}

async function inspectQuery(
  api: PrometheusApi,
  { query, window, isDetailed = false }: InspectionOf<'query'>,
  signal: AbortSignal,
): Promise<Inspection> {
  const text = openValues(query);
  const [current, details] = await Promise.all([
    api.instant(text, window.to, signal),
    isDetailed ? queryDetails(api, text, signal) : undefined,
  ]);
  const series = current.length > 0 ? current : await tryPast(api, text, window, signal);
  const labels: readonly Labels[] = series.slice(0, maxSeries).map(({ metric }) => metric);
  return {
    series: labels,
    isCut: series.length > maxSeries,
    now: current.length,
    selector: null,
    others: [],
    metrics: [],
    ...(details && { details }),
  };
}

function tryPast(api: PrometheusApi, text: string, { from, to, stepMs: tickMs }: Window, signal: AbortSignal) {
  const stepMs = Math.max(tickMs, ceilTo((to - from) / triedInstants, 1_000));
  return api.range(text, { first: from, last: to, stepMs }, signal);
}
