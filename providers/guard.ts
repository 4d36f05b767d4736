import { formatDuration } from '../src/core/base/duration.ts';
import { ProviderError, type ProviderErrorKind } from '../src/core/base/errors.ts';
import { floorTo } from '../src/core/base/window.ts';
import { createPace } from '../src/net/pace.ts';
import type { Answer, MetricsProvider, SeriesQuery } from '../src/ports/provider.ts';
import type { ServerClock } from '../src/ports/providers.ts';
import { createCoalescer } from './coalesce.ts';
import type { ProviderLimits } from './define-provider.ts';
import { createLanes, type Lanes } from './lanes.ts';
import { inPieces } from './pieces.ts';

/** Whether the provider answers, and since when. A refused query is an answer. */
export type ProviderState =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'healthy'; readonly since: number }
  | { readonly kind: 'failing'; readonly since: number; readonly error: ProviderErrorKind; readonly message: string };

/** The outcome of one request. Each retry is a request of its own. */
export type RequestReport = { readonly outcome: 'ok' | ProviderErrorKind; readonly seconds: number };

export type GuardOptions = {
  readonly limits: ProviderLimits;
  /** The maximum number of ticks in one call. A longer window is split. `null`: unlimited. */
  readonly maxTicks?: number | null;
  /** The clock of the provider's server. An answer about its future is an error: it would count as missing, or repeat an old value. */
  readonly clock?: ServerClock | undefined;
  readonly onRequest?: (report: RequestReport) => void;
  /** Epoch milliseconds, for `state()` only. */
  readonly now?: () => number;
  /** Returns a number in [0, 1), which spreads retries. */
  readonly random?: () => number;
};

/** A provider that keeps the limits by itself: callers need not. */
export interface GuardedProvider extends MetricsProvider {
  state(): ProviderState;
}

const maxAttempts = 3;
const firstPauseMs = 250;

/**
 * Wraps a provider. Identical queries share one request, requests keep the limits, and retryable errors are retried until the caller's signal aborts,
 * never sooner than the provider asks for. When the signal aborts, the call rejects at once with the last error.
 */
export function createGuard(provider: MetricsProvider, options: GuardOptions): GuardedProvider {
  const lanes = limitedLanes(options.limits);
  const answers = createCoalescer<Answer>({ keepMs: 10_000, maxWeight: 500_000, weigh: countSamples });
  const health = createHealth(options);
  const random = options.random ?? Math.random;
  const inspect = provider.inspect?.bind(provider);
  let notBefore = 0;
  const callOnce = <T>(call: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> =>
    lanes.run(signal, () => health.watch(() => call(signal)));
  const callWithRetries = async <T>(call: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> => {
    let last: ProviderError | null = null;
    for (let attempt = 1; ; attempt++) {
      await pause(notBefore - performance.now(), signal);
      if (signal.aborted) throw last ?? new ProviderError('timeout', 'the provider asks for a pause that ends after the deadline');
      try {
        return await callOnce(call, signal);
      } catch (error) {
        if (!(error instanceof ProviderError) || !error.retryable || attempt === maxAttempts || signal.aborted) throw error;
        last = error;
        // A pause that the provider asks for holds for all callers. Without one, each caller backs off by itself.
        if (error.retryAfterMs !== undefined) notBefore = Math.max(notBefore, performance.now() + error.retryAfterMs);
        else await pause(firstPauseMs * 2 ** (attempt - 1) * (0.5 + random()), signal);
      }
    }
  };
  return {
    fetchSeries: async (query, signal) => {
      try {
        return await answers.get(JSON.stringify(query), signal, async (shared) => {
          const fetchPiece = (piece: SeriesQuery) => callWithRetries((own) => provider.fetchSeries(piece, own), shared);
          const answer = await inPieces(query, options.maxTicks ?? null, fetchPiece);
          assertNotEarly(query, options.clock);
          return answer;
        });
      } catch (error) {
        throw signal.aborted ? withCause(error, health.state()) : error;
      }
    },
    // Without a retry: its caller has little time. It is an advice only, so an error does not change the state.
    ...(inspect && { inspect: (query, signal) => lanes.run(signal, () => inspect(query, signal)) }),
    ping: (signal) => callOnce((own) => provider.ping(own), signal),
    state: health.state,
  };
}

// With a rate limit, lanes of a fixed number of calls start at fixed intervals. Without one, a lane stays open while there is work. The intervals go by the
// monotonic clock: a clock of the machine that is set back must not stop the questions.
function limitedLanes({ concurrency, perSecond }: ProviderLimits): Lanes {
  const batch = perSecond === null ? 500 : Math.ceil(perSecond / 50);
  const pace = createPace(perSecond === null ? 0 : (batch * 1_000) / perSecond);
  return createLanes({ concurrency, batch, schedule: (lane) => pace.turn(new AbortController().signal).then(lane) });
}

function createHealth({ onRequest, now = Date.now }: GuardOptions) {
  let state: ProviderState = { kind: 'unknown' };
  const update = (error: ProviderError | null): void => {
    const isFailing = error !== null && error.kind !== 'bad_query';
    const since = state.kind === (isFailing ? 'failing' : 'healthy') ? state.since : now();
    state = isFailing ? { kind: 'failing', since, error: error.kind, message: error.message } : { kind: 'healthy', since };
  };
  return {
    state: (): ProviderState => state,
    watch: async <T>(call: () => Promise<T>): Promise<T> => {
      const startedAt = performance.now();
      const report = (outcome: RequestReport['outcome']): void =>
        onRequest?.({ outcome, seconds: (performance.now() - startedAt) / 1_000 });
      try {
        const answer = await call();
        update(null);
        report('ok');
        return answer;
      } catch (error) {
        if (error instanceof ProviderError) {
          update(error);
          report(error.kind);
        }
        throw error;
      }
    },
  };
}

function assertNotEarly({ window }: SeriesQuery, clock: ServerClock | undefined): void {
  const shown = clock?.now() ?? null;
  if (shown === null || window.to <= shown.latest) return;
  const behind = formatDuration(Math.max(1_000, floorTo(window.to - shown.latest, 1_000)));
  throw new ProviderError('bad_response', `asked too early: the clock of its server is ${behind} before the end of the last tick`);
}

// A timeout alone would hide that the provider has refused connections all the time.
function withCause(error: unknown, state: ProviderState): unknown {
  if (!(error instanceof ProviderError) || error.kind !== 'timeout' || state.kind !== 'failing') return error;
  return new ProviderError('timeout', `${error.message}; before that: ${state.message}`, { cause: error });
}

/** Waits for `ms`, or until the signal aborts. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0 || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
  });
}

function countSamples({ series }: Answer): number {
  let count = 1;
  for (const { samples } of series) count += samples.length;
  return count;
}
