import { ProviderError } from '../../src/core/base/errors.ts';
import type { Answer, SeriesQuery } from '../../src/ports/provider.ts';
import { type Coalescer, createCoalescer } from '../coalesce.ts';
import type { PrometheusApi } from './api.ts';
import type { SampleSpan } from './hull.ts';
import { instanceSelector, instancesOf, nameOf, namesTargets } from './instances.ts';
import { asAnswer, countsOf, type ReadSeries } from './native.ts';
import type { RawSeries } from './reply.ts';
import { inOrder, partInside } from './sample-order.ts';
import { formatSelector, parseMatchers, parseSelector, type Selector } from './selector.ts';

/** Where raw counters come from. `shared`: the scrapes and starts of instances, by their query. */
export type CounterSources = { readonly api: PrometheusApi; readonly shared: Coalescer<readonly RawSeries[]> };

type CounterQuery = Extract<SeriesQuery, { form: 'counter' }>;

/**
 * Creates the sources. All queries of a tick about the same jobs share one request for their instances. It is kept as long as the checks of many bakes ask at
 * the same moment, and no longer: what the memory holds for seconds is expensive to collect.
 */
export function createSources(api: PrometheusApi): CounterSources {
  return { api, shared: createCoalescer({ keepMs: 2_000, maxWeight: 200_000, weigh: countSamples }) };
}

/** Answers a query for raw counters. */
export async function fetchCounters(sources: CounterSources, query: CounterQuery, signal: AbortSignal): Promise<Answer> {
  const span = spanOf(query);
  const { series, targets } = await readCounters(sources, { selector: selectorOf(query), span }, signal);
  return {
    shape: 'cumulative',
    series: asAnswer(series, query.bounds),
    instances: instancesOf(series, seriesInside(targets, span).map(toRaw)),
  };
}

/** The samples of a selector, and those of the scrapes and starts of the instances behind it. */
export type CounterReading = { readonly series: readonly ReadSeries[]; readonly targets: readonly RawSeries[] };

/**
 * Reads raw samples. An instant query with a range returns them; a range query would fill gaps and hide the real time of each sample.
 * The targets may have samples from outside of the span.
 */
export async function readCounters(
  { api, shared }: CounterSources,
  { selector, span }: { readonly selector: Selector; readonly span: SampleSpan },
  signal: AbortSignal,
): Promise<CounterReading> {
  const range = `[${Math.max(1, span.to - span.after)}ms]`;
  const fetchInstances = async (series: readonly ReadSeries[]): Promise<readonly RawSeries[]> => {
    const text = instanceSelector(selector, series.map(toRaw));
    if (text === null) return [];
    return shared.get(`${text}${range}@${span.to}`, signal, (own) => api.instant(`${text}${range}`, span.to, own));
  };
  const counters = api.instant(`${formatSelector(selector)}${range}`, span.to, signal).then((raw) => seriesInside(raw, span));
  const [series, targets] = await Promise.all([counters, namesTargets(selector) ? fetchInstances([]) : counters.then(fetchInstances)]);
  return { series, targets };
}

/** The selector of a query, with its matchers. Throws `ProviderError` (`bad_query`). */
export function selectorOf({ query, matchers }: Pick<CounterQuery, 'query' | 'matchers'>): Selector {
  const selector = parseSelector(query);
  if (!selector.ok) throw new ProviderError('bad_query', selector.problem);
  const more = parseMatchers(matchers);
  if (!more.ok) throw new ProviderError('bad_query', `in the matchers: ${more.problem}`);
  if (more.value.length === 0) return selector.value;
  return { ...selector.value, matchers: [...selector.value.matchers, ...more.value] };
}

/** The samples that a query for counters needs: those of its window and its lookback. */
export function spanOf({ window, lookbackMs }: Pick<CounterQuery, 'window' | 'lookbackMs'>): SampleSpan {
  return { after: window.from - lookbackMs, to: window.to };
}

/** The samples inside of a span, sorted by time. Series without any are left out. Throws `ProviderError` for a series of numbers and native histograms. */
export function seriesInside(raw: readonly RawSeries[], { after, to }: SampleSpan): readonly ReadSeries[] {
  return raw.flatMap((one) => {
    const kept = partInside(inOrder(countsOf(one)), { after, to });
    const histograms = one.histograms?.filter(({ at }) => at > after && at <= to).sort((a, b) => a.at - b.at);
    return kept.length > 0
      ? [{ labels: one.metric, instance: nameOf(one.metric), samples: kept, ...(histograms !== undefined && { histograms }) }]
      : [];
  });
}

/** A series as the server sent it. */
export function toRaw({ labels, samples, histograms }: ReadSeries): RawSeries {
  return histograms === undefined ? { metric: labels, samples } : { metric: labels, samples: [], histograms };
}

function countSamples(series: readonly RawSeries[]): number {
  let count = 1;
  for (const { samples } of series) count += samples.length;
  return count;
}
