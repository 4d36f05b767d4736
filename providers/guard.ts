import Bottleneck from 'bottleneck';
import { ProviderError, type ProviderErrorKind } from '../src/core/base/errors.ts';
import type { Answer, MetricsProvider } from '../src/ports/provider.ts';
import { createCoalescer } from './coalesce.ts';
import type { ProviderLimits } from './define-provider.ts';
import { createLanes, type Lanes } from './lanes.ts';
import { inPieces } from './pieces.ts';

/** Whether the provider answers, and since when it has been so. A query that it refuses is an answer. */
export type ProviderState =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'healthy'; readonly since: number }
  | { readonly kind: 'failing'; readonly since: number; readonly error: ProviderErrorKind; readonly message: string };

/** One request as it went, retries counted each. */
export type RequestReport = { readonly outcome: 'ok' | ProviderErrorKind; readonly seconds: number };

export type GuardOptions = {
  readonly limits: ProviderLimits;
  /** How many ticks one call may ask for; longer windows are asked for piece by piece. */
  readonly maxTicks?: number | null;
  readonly onRequest?: (report: RequestReport) => void;
  /** Epoch milliseconds, for `state()` only. */
  readonly now?: () => number;
  /** From 0 to below 1; spreads retries. */
  readonly random?: () => number;
};

/** A provider that may be asked as often as one likes. */
export interface GuardedProvider extends MetricsProvider {
  state(): ProviderState;
}

const tries = 3;
const firstPauseMs = 250;

/**
 * Wraps a provider: identical questions of one tick are asked once, limits are kept, and what may help is tried again within the caller's signal,
 * no sooner than the provider allows. A caller whose time runs out is told at once, with what went wrong last.
 */
export function createGuard(provider: MetricsProvider, options: GuardOptions): GuardedProvider {
  const lanes = limited(options.limits);
  const answers = createCoalescer<Answer>({ keepMs: 10_000, maxWeight: 500_000, weigh: countSamples });
  const health = createHealth(options);
  const random = options.random ?? Math.random;
  let notBefore = 0;
  const once = <T>(call: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> =>
    lanes.run(signal, () => health.watch(() => call(signal)));
  const persist = async <T>(call: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> => {
    let last: ProviderError | null = null;
    for (let attempt = 1; ; attempt++) {
      await pause(notBefore - performance.now(), signal);
      if (signal.aborted) throw last ?? new ProviderError('timeout', 'the provider asked to be left alone for longer than there was time');
      try {
        return await once(call, signal);
      } catch (error) {
        if (!(error instanceof ProviderError) || !error.retryable || attempt === tries || signal.aborted) throw error;
        last = error;
        // Asked to wait, everyone waits; else each goes on after a pause of its own.
        if (error.retryAfterMs !== undefined) notBefore = Math.max(notBefore, performance.now() + error.retryAfterMs);
        else await pause(firstPauseMs * 2 ** (attempt - 1) * (0.5 + random()), signal);
      }
    }
  };
  return {
    fetchSeries: async (query, signal) => {
      try {
        return await answers.get(JSON.stringify(query), signal, (shared) =>
          inPieces(query, options.maxTicks ?? null, (piece) => persist((own) => provider.fetchSeries(piece, own), shared)),
        );
      } catch (error) {
        throw signal.aborted ? explained(error, health.state()) : error;
      }
    },
    ping: (signal) => once((own) => provider.ping(own), signal),
    state: health.state,
  };
}

// A rate is kept by the distance between lanes that each take a fixed number of calls; without one, a lane stays open while there is work.
function limited({ concurrency, perSecond }: ProviderLimits): Lanes {
  const batch = perSecond === null ? 500 : Math.ceil(perSecond / 50);
  const limiter = new Bottleneck({ maxConcurrent: concurrency, minTime: perSecond === null ? 0 : (batch * 1_000) / perSecond });
  return createLanes({ concurrency, batch, schedule: (lane) => limiter.schedule(lane) });
}

function createHealth({ onRequest, now = Date.now }: GuardOptions) {
  let state: ProviderState = { kind: 'unknown' };
  const note = (error: ProviderError | null): void => {
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
        note(null);
        report('ok');
        return answer;
      } catch (error) {
        if (error instanceof ProviderError) {
          note(error);
          report(error.kind);
        }
        throw error;
      }
    },
  };
}

// "Timed out" alone would hide that the provider has been refusing connections all the time.
function explained(error: unknown, state: ProviderState): unknown {
  if (!(error instanceof ProviderError) || error.kind !== 'timeout' || state.kind !== 'failing') return error;
  return new ProviderError('timeout', `${error.message}; before that: ${state.message}`, { cause: error });
}

/** Waits, or returns at once when there is nothing to wait for or the signal aborts. */
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
