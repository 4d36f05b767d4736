import { ProviderError, type ProviderErrorKind } from '../../src/core/base/errors.ts';
import type { MetricsProvider, SeriesQuery } from '../../src/ports/provider.ts';

/** The events of the tick that ends at `at`; `null` is no data. */
export type Answering = (query: string, at: number) => number | null;

/** How a question goes wrong. One that hangs is answered when the caller's time is up. */
export type Trouble = ProviderErrorKind | 'hangs';

export type FakeProvider = {
  readonly provider: MetricsProvider;
  /** Every question, oldest first. */
  readonly asked: readonly SeriesQuery[];
};

/** Answers every query with the events of each tick, unless `failing` names what is wrong with this question. */
export function createFakeProvider(answer: Answering, failing: (query: SeriesQuery) => Trouble | null = () => null): FakeProvider {
  const asked: SeriesQuery[] = [];
  return {
    asked,
    provider: {
      ping: async () => {},
      async fetchSeries(query, signal) {
        asked.push(query);
        const trouble = failing(query);
        if (trouble === 'hangs') await untilAborted(signal);
        if (signal.aborted) throw new ProviderError('timeout', 'the provider did not answer in time');
        if (trouble && trouble !== 'hangs') throw new ProviderError(trouble, `the provider was ${trouble}`);
        if (query.form !== 'events' && query.form !== 'increase') throw new Error(`the fake provider knows no ${query.form}`);
        const { from, to, stepMs } = query.window;
        const ends = Array.from({ length: Math.round((to - from) / stepMs) }, (_, i) => from + (i + 1) * stepMs);
        const samples = ends.flatMap((at) => {
          const value = answer(query.query, at);
          return value === null ? [] : [[at, value] as const];
        });
        return { shape: 'delta', series: samples.length === 0 ? [] : [{ labels: {}, instance: 'a', samples }] };
      },
    },
  };
}

function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
