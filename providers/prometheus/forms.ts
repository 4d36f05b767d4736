import { ProviderError } from '../../src/core/base/errors.ts';
import { tickCount, type Window } from '../../src/core/base/window.ts';
import type { Answer, Sample, Series, SeriesQuery } from '../../src/ports/provider.ts';
import { createAlertFetch } from './alerts.ts';
import type { PrometheusApi } from './api.ts';
import { type CounterSources, fetchCounters, selectorOf, seriesInside } from './counters.ts';
import { formatLabel } from './literals.ts';
import { asAnswer, type ReadSeries } from './native.ts';
import { nativePastQuery } from './native-past.ts';
import type { NativeSample, RawSeries } from './reply.ts';
import { formatSelector } from './selector.ts';

/** Answers each form of query with the minimum number of requests. */
export type Fetch = (query: SeriesQuery, signal: AbortSignal) => Promise<Answer>;

type IncreaseQuery = Extract<SeriesQuery, { form: 'increase' }>;

/** Prometheus returns at most 11,000 points per series in one answer. */
const maxPoints = 10_000;

/** Creates the fetcher. */
export function createFetch({ api, shared }: CounterSources): Fetch {
  const fetchAlerts = createAlertFetch(api);
  return async (query, signal) => {
    switch (query.form) {
      case 'counter':
        return fetchCounters({ api, shared }, query, signal);
      case 'increase':
        return { shape: 'delta', series: await fetchIncrease(api, query, signal) };
      case 'events': {
        const series = await fetchRange(api, { text: query.query, window: query.window }, signal);
        return { shape: 'delta', series: asAnswer(series, query.bounds) };
      }
      case 'gauge': {
        const series = await fetchRange(api, { text: query.query, window: query.window }, signal);
        if (series.some(({ histograms }) => histograms !== undefined))
          throw new ProviderError(
            'bad_query',
            'the query returns native histograms: take one number of them, for example by histogram_quantile(…)',
          );
        return { shape: 'gauge', series };
      }
      case 'probe':
        throw new ProviderError('bad_query', 'Prometheus makes no probes');
      case 'alert':
        return fetchAlerts(query, signal);
    }
  };
}

async function fetchIncrease(api: PrometheusApi, query: IncreaseQuery, signal: AbortSignal): Promise<readonly Series[]> {
  const { window, by, bounds } = query;
  const text = await nativePastQuery(api, { selector: selectorOf(query), window, by, bounds }, signal);
  return asAnswer(await fetchRange(api, { text: text ?? increaseQuery(query), window }, signal), bounds);
}

/**
 * The events of each tick, added up by the server: the difference of two exact samples, or the newer sample after a reset. Unlike `increase()`, this
 * neither extrapolates nor needs two samples in a tick. `increase()` is the fallback where an instance appeared or disappeared within the tick.
 */
export function increaseQuery(query: IncreaseQuery): string {
  const text = formatSelector(selectorOf(query));
  const step = `${query.window.stepMs}ms`;
  const before = `${text} offset ${step}`;
  return `sum by (${query.by.map(formatLabel).join(', ')}) (((${text} - ${before}) >= 0) or (${text} and ${before}) or increase(${text}[${step}]))`;
}

// The instants of a range query are the ends of the ticks.
async function fetchRange(
  api: PrometheusApi,
  { text, window }: { readonly text: string; readonly window: Window },
  signal: AbortSignal,
): Promise<readonly ReadSeries[]> {
  const joined = new Map<
    string,
    { readonly metric: RawSeries['metric']; readonly samples: Sample[]; readonly histograms: NativeSample[] }
  >();
  const { from, stepMs } = window;
  const ticks = tickCount(window);
  for (let done = 0; done < ticks; done += maxPoints) {
    const steps = { first: from + (done + 1) * stepMs, last: from + Math.min(done + maxPoints, ticks) * stepMs, stepMs };
    for (const { metric, samples, histograms = [] } of await api.range(text, steps, signal)) {
      const key = JSON.stringify(Object.entries(metric).sort(([a], [b]) => (a < b ? -1 : 1)));
      const known = joined.get(key);
      if (known) {
        for (const sample of samples) known.samples.push(sample);
        for (const sample of histograms) known.histograms.push(sample);
      } else joined.set(key, { metric, samples: [...samples], histograms: [...histograms] });
    }
  }
  const raw = [...joined.values()].map(({ histograms, ...one }): RawSeries => (histograms.length === 0 ? one : { ...one, histograms }));
  return seriesInside(raw, { after: from, to: window.to });
}
