import type { Window } from '../core/base/window.ts';
import type { AlertMatch } from '../core/rules/alert.ts';
import type { Probe } from '../core/rules/probe.ts';
import type { Proposals } from '../core/rules/proposal.ts';
import type { Answer } from '../core/series/answer.ts';
import type { Inspection } from '../core/series/inspection.ts';

export type { AlertAnswer, AlertRun } from '../core/series/alerts.ts';
export type { Answer, InstanceInfo, Labels, Sample, Series } from '../core/series/answer.ts';

/**
 * A question to a provider.
 * `counter`: raw samples of every counter the selector matches, from `lookbackMs` before the window on.
 * `increase`: the events per tick of the same counters, summed by the server (for long histories), separately for each value of the labels in `by`.
 * A vendor that stores events and no counters treats both as a query for the events per tick, with the matchers as further conditions.
 * `events`: a query that yields the events per tick. `gauge`: a query that yields one number per tick.
 * `probe`: the probe is made now, and counts for the newest tick of the window; `query` describes it in words.
 * `alert`: when the alerts whose labels have the values of `match` were pending or firing, in the window and in `lookbackMs` before it; `query` describes
 * them in words. The lookback tells an alert that fires again from a new one. See `AlertAnswer` for what each vendor can say. A provider that answers it sets
 * `hasAlerts` in its definition; any other refuses it with `bad_query`.
 * `matchers` (such as `version="v2"`) are added to every selector. All placeholders are already replaced.
 * `bounds`: for a latency, the bounds that the rules ask about, in the unit of the metric. A histogram without buckets of its own is counted at them.
 */
export type SeriesQuery =
  | {
      readonly form: 'counter';
      readonly query: string;
      readonly matchers: string;
      readonly window: Window;
      readonly lookbackMs: number;
      readonly bounds?: readonly number[];
    }
  | {
      readonly form: 'increase';
      readonly query: string;
      readonly matchers: string;
      readonly window: Window;
      readonly by: readonly string[];
      readonly bounds?: readonly number[];
    }
  | { readonly form: 'events' | 'gauge'; readonly query: string; readonly window: Window; readonly bounds?: readonly number[] }
  | { readonly form: 'probe'; readonly query: string; readonly probe: Probe; readonly window: Window }
  | { readonly form: 'alert'; readonly query: string; readonly match: AlertMatch; readonly window: Window; readonly lookbackMs: number };

/**
 * A question about what a server has for a selector or a query, in a window and now. `matchers` are added to a selector.
 * A condition with the word `anyValue` is left open. `isDetailed`: a close look, which takes a few requests more.
 */
export type InspectQuery = { readonly window: Window; readonly isDetailed?: boolean } & (
  | { readonly form: 'selector'; readonly query: string; readonly matchers: string }
  | { readonly form: 'query'; readonly query: string }
);

/**
 * How soon a question must be answered where a provider has too many. `urgent`: a critical check of a bake that something bad was seen of, or that is about
 * to end. `normal`: every other critical check. `advisory`: a check that decides nothing alone; it is the first that is not asked.
 */
export type Urgency = 'urgent' | 'normal' | 'advisory';

/** Queries that are answered together. `key` is the same for lots that succeed or fail for the same reasons. */
export type QueryLot = {
  readonly key: string;
  readonly queries: readonly SeriesQuery[];
  /**
   * Answers each query as `fetchSeries` would, in the order of `queries`. `null`: this one must be asked alone. Throws `ProviderError` where no query has
   * an answer.
   */
  readonly fetchAll: (signal: AbortSignal) => Promise<readonly (Answer | null)[]>;
};

/** Joins queries, so that a server gets fewer requests. */
export interface QueryJoins {
  /** Whether a query may be joined with others. It costs nothing. */
  accepts(query: SeriesQuery): boolean;
  /** Sorts queries into lots. A query that is in no lot must be asked alone. */
  lotsOf(queries: readonly SeriesQuery[]): readonly QueryLot[];
}

/** Fetches series; knows nothing about deploys, limits or verdicts. */
export interface MetricsProvider {
  /**
   * Asks once. It must return when the signal aborts, must not judge, must not merge several series, and must return only samples inside the window (for
   * `counter`: the window and its lookback), sorted by time.
   * A probe that fails is an answer, which can count against a deploy. An error means that the question could not be asked.
   * Throws `ProviderError`: `timeout` when the signal aborts, `bad_response` for a response that it cannot parse. No secret in any message.
   * `urgency` is for the guard, which has the queue. Default: `normal`.
   */
  fetchSeries(query: SeriesQuery, signal: AbortSignal, urgency?: Urgency): Promise<Answer>;
  /** Checks that the provider can be reached and accepts the credentials. Throws `ProviderError`. */
  ping(signal: AbortSignal): Promise<void>;
  /**
   * How much of the newest time the server hides from queries, as measured by the last `ping`; `null`: not measured yet. Missing: it hides nothing. A tick
   * in the hidden time has no value yet, or an old one.
   */
  lagMs?(): number | null;
  /** Says in a few words what the server is, for people. Throws `ProviderError`. */
  describe?(signal: AbortSignal): Promise<string>;
  /** How queries are joined. Missing: each is asked alone. */
  readonly joins?: QueryJoins;
  /** Looks up which series exist for a selector or a query. Missing: the provider cannot tell. Throws `ProviderError`. */
  inspect?(query: InspectQuery, signal: AbortSignal): Promise<Inspection>;
  /** Why this instance can answer nothing here, such as outside of a server. Missing: it can. */
  readonly whyUnaskable?: string;
  /** Proposes checks for the services whose metrics the server had in a window. Missing: the provider cannot tell. Throws `ProviderError`. */
  propose?(window: Window, signal: AbortSignal): Promise<Proposals>;
}
