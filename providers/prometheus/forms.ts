import { ProviderError } from '../../src/core/base/errors.ts';
import { tickCount, type Window } from '../../src/core/base/window.ts';
import type { Answer, Sample, Series, SeriesQuery } from '../../src/ports/provider.ts';
import { type Coalescer, createCoalescer } from '../coalesce.ts';
import type { PrometheusApi } from './api.ts';
import { instanceSelector, instancesOf, nameOf, namesTargets } from './instances.ts';
import type { RawSeries } from './reply.ts';
import { formatSelector, parseMatchers, parseSelector, type Selector } from './selector.ts';

/** Answers each form of question with as few queries as it takes. */
export type Fetch = (query: SeriesQuery, signal: AbortSignal) => Promise<Answer>;

type CounterQuery = Extract<SeriesQuery, { form: 'counter' }>;
type IncreaseQuery = Extract<SeriesQuery, { form: 'increase' }>;

/** Below the 11,000 points a series that Prometheus gives at once. */
const maxPoints = 10_000;

/** Makes the fetcher. What is asked about instances is shared by all questions of a tick about the same job. */
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

// Raw samples by an instant query with a range: a range query would fill gaps up and hide when each sample was really taken.
async function fetchCounters({ api, shared }: Sources, query: CounterQuery, signal: AbortSignal): Promise<Answer> {
  const { window, lookbackMs } = query;
  const selector = selectorOf(query);
  const reach = { after: window.from - lookbackMs, to: window.to };
  const range = `[${Math.max(1, reach.to - reach.after)}ms]`;
  const askInstances = async (series: readonly RawSeries[]): Promise<readonly RawSeries[]> => {
    const text = instanceSelector(selector, series);
    if (text === null) return [];
    return shared.get(`${text}${range}@${reach.to}`, signal, (own) => api.instant(`${text}${range}`, reach.to, own));
  };
  const asked = api.instant(`${formatSelector(selector)}${range}`, reach.to, signal);
  const [raw, known] = await Promise.all([asked, namesTargets(selector) ? askInstances([]) : asked.then(askInstances)]);
  const series = inside(raw, reach);
  return { shape: 'cumulative', series, instances: instancesOf(series, inside(known, reach).map(toRaw)) };
}

/**
 * Events per tick added up by the server. The difference of two exact readings, or the newer one after a reset: unlike `increase()` it neither guesses
 * beyond the samples nor needs two of them in a tick. Only where an instance came or went within the tick, `increase()` has to do.
 */
function increaseQuery(query: IncreaseQuery): string {
  const text = formatSelector(selectorOf(query));
  const step = `${query.window.stepMs}ms`;
  const wrong = query.by.find((label) => !/^[A-Za-z_]\w*$/.test(label));
  if (wrong !== undefined) throw new ProviderError('bad_query', `${JSON.stringify(wrong.slice(0, 60))} is not a label`);
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
  const whole = new Map<string, { readonly metric: RawSeries['metric']; readonly samples: Sample[] }>();
  const { from, stepMs } = window;
  const ticks = tickCount(window);
  for (let done = 0; done < ticks; done += maxPoints) {
    const steps = { first: from + (done + 1) * stepMs, last: from + Math.min(done + maxPoints, ticks) * stepMs, stepMs };
    for (const { metric, samples } of await api.range(text, steps, signal)) {
      const key = JSON.stringify(Object.entries(metric).sort(([a], [b]) => (a < b ? -1 : 1)));
      const known = whole.get(key);
      if (known) for (const sample of samples) known.samples.push(sample);
      else whole.set(key, { metric, samples: [...samples] });
    }
  }
  return inside([...whole.values()], { after: from, to: window.to });
}

type Reach = { readonly after: number; readonly to: number };

function inside(raw: readonly RawSeries[], { after, to }: Reach): readonly Series[] {
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
