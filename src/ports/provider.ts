import type { Window } from '../core/window.ts';

/**
 * What is asked of a provider.
 * `counter`: raw samples of every counter the selector matches, from `lookbackMs` before the window on.
 * `increase`: the same counters' events a tick, added up by the server (for long histories), kept apart by the labels in `by`.
 * `events`: a query that yields the events of each tick. `gauge`: a query that yields one number a tick.
 * `matchers` (such as `version="v2"`) are added to every selector. Values are already filled in: nothing is left to substitute.
 */
export type SeriesQuery =
  | { readonly form: 'counter'; readonly query: string; readonly matchers: string; readonly window: Window; readonly lookbackMs: number }
  | {
      readonly form: 'increase';
      readonly query: string;
      readonly matchers: string;
      readonly window: Window;
      readonly by: readonly string[];
    }
  | { readonly form: 'events' | 'gauge'; readonly query: string; readonly window: Window };

/** A time (epoch milliseconds) and a value; `NaN` and infinities are kept for the analyzers to see. */
export type Sample = readonly [at: number, value: number];

export type Labels = Readonly<Record<string, string>>;

/** Ordered samples with their labels. `instance` names the process that exposes a counter (`job` and `instance` in Prometheus). */
export type Series = { readonly labels: Labels; readonly instance: string; readonly samples: readonly Sample[] };

/**
 * What is known of one instance that exposes counters: when it was seen (scraped) in the asked stretch, lookback included, and when its process
 * started, where it says so.
 */
export type InstanceInfo = { readonly instance: string; readonly seenAt: readonly number[]; readonly startedAt: number | null };

/** `cumulative` for `counter`; `delta` (events, stamped with the tick's end) for `increase` and `events`; `gauge` for `gauge`. No data is an empty list, never an error. */
export type Answer =
  | { readonly shape: 'cumulative'; readonly series: readonly Series[]; readonly instances: readonly InstanceInfo[] }
  | { readonly shape: 'delta'; readonly series: readonly Series[] }
  | { readonly shape: 'gauge'; readonly series: readonly Series[] };

/** Fetches series; knows nothing of deploys, limits or verdicts. */
export interface MetricsProvider {
  /**
   * Asks once. Must return within the signal, must not judge, must keep several series apart, and must answer only with samples inside the
   * window (for `counter`: the window and its lookback), sorted by time.
   * Throws `ProviderError`: with kind `timeout` when the signal aborts, `bad_response` for a shape it does not understand. No secret in any message.
   */
  fetchSeries(query: SeriesQuery, signal: AbortSignal): Promise<Answer>;
  /** Proves that the provider can be reached and lets us in. Throws `ProviderError`. */
  ping(signal: AbortSignal): Promise<void>;
}
