import { ProviderError } from '../../src/core/base/errors.ts';
import { tickCount, type Window } from '../../src/core/base/window.ts';
import type { Answer, Sample, Series, SeriesQuery } from '../../src/ports/provider.ts';
import { type Coalescer, createCoalescer } from '../coalesce.ts';
import type { PrometheusApi } from './api.ts';
import { instanceSelector, instancesOf, nameOf, namesTargets } from './instances.ts';
import type { RawSeries } from './reply.ts';
import { formatSelector, parseMatchers, parseSelector, type Selector } from './selector.ts';

/** Answers each form of query with the minimum number of requests. */
export type Fetch = (query: SeriesQuery, signal: AbortSignal) => Promise<Answer>;

type CounterQuery = Extract<SeriesQuery, { form: 'counter' }>;
type IncreaseQuery = Extract<SeriesQuery, { form: 'increase' }>;

/** Prometheus returns at most 11,000 points per series in one answer. */
const maxPoints = 10_000;

/** Creates the fetcher. All queries of a tick about the same job share one request for its instances. */
export function createFetch(api: PrometheusApi): Fetch {
  const shared = createCoalescer<readonly RawSeries[]>({ keepMs: 10_000, maxWeight: 200_000, weigh: countSamples });
  return async (query, signal) => {
    switch (query.form) {
      case 'counter':
        return fetchCounters({ api, shared }, query, signal);
      case 'increase':
        return { shape: 'delta', series: await fetchRange(api, { text: increaseQuery(query), window: query.window }, signal) };
      case 'events':
        return { shape: 'delta', series: await fetchRange(api, { text: query.query, window: query.window }, signal) };
      case 'gauge':
        return { shape: 'gauge', series: await fetchRange(api, { text: query.query, window: query.window }, signal) };
      case 'probe':
        throw new ProviderError('bad_query', 'Prometheus makes no probes');
    }
  };
}

type Sources = { readonly api: PrometheusApi; readonly shared: Coalescer<readonly RawSeries[]> };

// An instant query with a range returns raw samples. A range query would fill gaps and hide the real time of each sample.
async function fetchCounters({ api, shared }: Sources, query: CounterQuery, signal: AbortSignal): Promise<Answer> {
  const { window, lookbackMs } = query;
  const selector = selectorOf(query);
  const span = { after: window.from - lookbackMs, to: window.to };
  const range = `[${Math.max(1, span.to - span.after)}ms]`;
  const fetchInstances = async (series: readonly RawSeries[]): Promise<readonly RawSeries[]> => {
    const text = instanceSelector(selector, series);
    if (text === null) return [];
    return shared.get(`${text}${range}@${span.to}`, signal, (own) => api.instant(`${text}${range}`, span.to, own));
  };
  const counters = api.instant(`${formatSelector(selector)}${range}`, span.to, signal);
  const [raw, targets] = await Promise.all([counters, namesTargets(selector) ? fetchInstances([]) : counters.then(fetchInstances)]);
  const series = inside(raw, span);
  return { shape: 'cumulative', series, instances: instancesOf(series, inside(targets, span).map(toRaw)) };
}

/**
 * The events of each tick, added up by the server: the difference of two exact samples, or the newer sample after a reset. Unlike `increase()`, this
 * neither extrapolates nor needs two samples in a tick. `increase()` is the fallback where an instance appeared or disappeared within the tick.
 */
function increaseQuery(query: IncreaseQuery): string {
  const text = formatSelector(selectorOf(query));
  const step = `${query.window.stepMs}ms`;
  const invalid = query.by.find((label) => !/^[A-Za-z_]\w*$/.test(label));
  if (invalid !== undefined) throw new ProviderError('bad_query', `${JSON.stringify(invalid.slice(0, 60))} is not a label name`);
  const before = `${text} offset ${step}`;
  return `sum by (${query.by.join(', ')}) (((${text} - ${before}) >= 0) or (${text} and ${before}) or increase(${text}[${step}]))`;
}

function selectorOf(query: CounterQuery | IncreaseQuery): Selector {
  const selector = parseSelector(query.query);
  if (!selector.ok) throw new ProviderError('bad_query', selector.problem);
  const more = parseMatchers(query.matchers);
  if (!more.ok) throw new ProviderError('bad_query', `in the matchers: ${more.problem}`);
  return { ...selector.value, matchers: [...selector.value.matchers, ...more.value] };
}

// The instants of a range query are the ends of the ticks.
async function fetchRange(
  api: PrometheusApi,
  { text, window }: { readonly text: string; readonly window: Window },
  signal: AbortSignal,
): Promise<readonly Series[]> {
  const joined = new Map<string, { readonly metric: RawSeries['metric']; readonly samples: Sample[] }>();
  const { from, stepMs } = window;
  const ticks = tickCount(window);
  for (let done = 0; done < ticks; done += maxPoints) {
    const steps = { first: from + (done + 1) * stepMs, last: from + Math.min(done + maxPoints, ticks) * stepMs, stepMs };
    for (const { metric, samples } of await api.range(text, steps, signal)) {
      const key = JSON.stringify(Object.entries(metric).sort(([a], [b]) => (a < b ? -1 : 1)));
      const known = joined.get(key);
      if (known) for (const sample of samples) known.samples.push(sample);
      else joined.set(key, { metric, samples: [...samples] });
    }
  }
  return inside([...joined.values()], { after: from, to: window.to });
}

type SampleSpan = { readonly after: number; readonly to: number };

function inside(raw: readonly RawSeries[], { after, to }: SampleSpan): readonly Series[] {
  return raw.flatMap(({ metric, samples }) => {
    const kept = samples.filter(([at]) => at > after && at <= to).sort(([a], [b]) => a - b);
    return kept.length > 0 ? [{ labels: metric, instance: nameOf(metric), samples: kept }] : [];
  });
}

function toRaw({ labels, samples }: Series): RawSeries {
  return { metric: labels, samples };
}

function countSamples(series: readonly RawSeries[]): number {
  let count = 1;
  for (const { samples } of series) count += samples.length;
  return count;
}
