import type { Window } from '../core/base/window.ts';
import type { Probe } from '../core/rules/probe.ts';
import type { Answer } from '../core/series/answer.ts';

export type { Answer, InstanceInfo, Labels, Sample, Series } from '../core/series/answer.ts';

/**
 * What is asked of a provider.
 * `counter`: raw samples of every counter the selector matches, from `lookbackMs` before the window on.
 * `increase`: the same counters' events a tick, added up by the server (for long histories), kept apart by the labels in `by`.
 * A vendor that keeps events and no counters takes both as a query for the events of each tick, with the matchers as further conditions.
 * `events`: a query that yields the events of each tick. `gauge`: a query that yields one number a tick.
 * `probe`: the probe is made now, and stands for the newest tick of the window; `query` says it in words.
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
  | { readonly form: 'events' | 'gauge'; readonly query: string; readonly window: Window }
  | { readonly form: 'probe'; readonly query: string; readonly probe: Probe; readonly window: Window };

/** Fetches series; knows nothing of deploys, limits or verdicts. */
export interface MetricsProvider {
  /**
   * Asks once. Must return within the signal, must not judge, must keep several series apart, and must answer only with samples inside the
   * window (for `counter`: the window and its lookback), sorted by time.
   * A probe that fails is an answer, which may be held against a deploy; an error is only what we could not do ourselves.
   * Throws `ProviderError`: with kind `timeout` when the signal aborts, `bad_response` for a shape it does not understand. No secret in any message.
   */
  fetchSeries(query: SeriesQuery, signal: AbortSignal): Promise<Answer>;
  /** Proves that the provider can be reached and lets us in. Throws `ProviderError`. */
  ping(signal: AbortSignal): Promise<void>;
}
