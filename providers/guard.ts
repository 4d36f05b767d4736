import { formatDuration } from '../src/core/base/duration.ts';
import { ProviderError } from '../src/core/base/errors.ts';
import { floorTo } from '../src/core/base/window.ts';
import type { Answer, MetricsProvider, SeriesQuery } from '../src/ports/provider.ts';
import type { ServerClock } from '../src/ports/providers.ts';
import { assertRoom, limitedLanes } from './admission.ts';
import { type BreakerState, createBreaker, maxShortPauseMs } from './breaker.ts';
import { createCoalescer } from './coalesce.ts';
import type { ProviderLimits } from './define-provider.ts';
import { createHealth, type HealthOptions, type ProviderState } from './health.ts';
import { createJoining, type JoiningOptions } from './joining.ts';
import { inPieces } from './pieces.ts';
import { type CallContext, createQueuePlace, type QueuePlace } from './queue-place.ts';
import { createRetryBudget } from './retry-budget.ts';

/** Why a question was not sent: the provider does not answer, or there is too much to ask. */
export type SkipReason = 'open' | 'shed';

export type GuardOptions = {
  readonly limits: ProviderLimits;
  /** The name of the instance, for messages. */
  readonly name?: string;
  /** The maximum number of ticks in one call. A longer window is split. `null`: unlimited. */
  readonly maxTicks?: number | null;
  /** The clock of the provider's server. An answer about its future is an error: it would count as missing, or repeat an old value. */
  readonly clock?: ServerClock | undefined;
  /**
   * True: each question waits as long as its caller does, whatever became of the others. For probes, whose servers have nothing to do with each other, and
   * for commands that ask once.
   */
  readonly isPatient?: boolean;
  /** How many servers share the limits. */
  readonly sharers?: () => number;
  readonly onRequest?: HealthOptions['onRequest'];
  /** Called for every question that is not sent. */
  readonly onSkip?: (reason: SkipReason) => void;
  /** Called once, when questions that could share a request are asked apart for the first time, because the provider refuses the shared one. */
  readonly onApart?: JoiningOptions['onApart'];
  /** Epoch milliseconds, for states and messages only. */
  readonly now?: () => number;
  /** Returns a number in [0, 1), which spreads retries. */
  readonly random?: () => number;
  /** The clock of the breaker, in milliseconds; nobody sets it. */
  readonly monotonic?: () => number;
};

/** A provider that keeps the limits by itself: callers need not. */
export interface GuardedProvider extends MetricsProvider {
  state(): ProviderState;
  /** Whether questions are sent, or refused at once because the provider does not answer. */
  breaker(): BreakerState;
}

type Call<T> = (signal: AbortSignal) => Promise<T>;

const maxAttempts = 3;
const firstPauseMs = 250;
/** The longest time of the request that finds out whether a provider answers again. */
const probeTimeoutMs = 10_000;
/** A ping joins one that is under way, unless that one takes longer than this. */
const maxPingJoinMs = 1_000;
/** A request that its caller ends before this says nothing about the provider: it may have waited for its turn before. */
const minEvidenceMs = 5_000;

/**
 * Wraps a provider. Identical queries share one request, similar ones too where the provider can join them, requests keep the limits, and retryable errors are retried until the caller's signal aborts,
 * never sooner than the provider asks for. When the signal aborts, the call rejects at once with the last error.
 * While the provider does not answer, or has too much to answer, a question is rejected at once and causes no request.
 */
export function createGuard(provider: MetricsProvider, options: GuardOptions): GuardedProvider {
  const { name = 'the provider', random = Math.random, now = Date.now, isPatient = false } = options;
  const lanes = limitedLanes(options.limits, options.sharers ?? (() => 1));
  const answers = createCoalescer<Answer>({ keepMs: 10_000, maxWeight: 500_000, weigh: countSamples });
  const pings = createCoalescer<null>({ keepMs: 0, maxWeight: 0, weigh: () => 1 });
  const health = createHealth({ onRequest: options.onRequest, now });
  const budget = createRetryBudget();
  /** The questions that are being asked, by their key. */
  const places = new Map<string, QueuePlace>();
  const inspect = provider.inspect?.bind(provider);
  const propose = provider.propose?.bind(provider);
  const describe = provider.describe?.bind(provider);
  const lagMs = provider.lagMs?.bind(provider);
  const breaker = createBreaker({
    name,
    now,
    ...(options.monotonic && { monotonic: options.monotonic }),
    probe: () => {
      const signal = AbortSignal.timeout(probeTimeoutMs);
      return lanes.run({ signal, urgency: 'urgent' }, () => health.watch(() => provider.ping(signal)));
    },
    onOpen: () => {
      const error = breaker.refusal();
      if (error === null) return;
      for (let count = lanes.waiting(); count > 0; count--) options.onSkip?.('open');
      lanes.rejectWaiting(error);
    },
    onClose: lanes.forgetSpeed,
  });
  const maxPauseMs = isPatient ? Number.POSITIVE_INFINITY : maxShortPauseMs;
  let notBefore = 0;
  let pingSince: number | null = null;

  async function send<T>(call: Call<T>, signal: AbortSignal): Promise<T> {
    if (isPatient) return await health.watch(() => call(signal));
    const report = breaker.watch();
    const startedAt = performance.now();
    try {
      const answer = await health.watch(() => call(signal));
      report(null);
      return answer;
    } catch (error) {
      const isEvidence = !signal.aborted || performance.now() - startedAt >= minEvidenceMs;
      if (error instanceof ProviderError && isEvidence) report(error);
      throw error;
    }
  }

  /** Throws where a question must not be sent now. */
  async function admit(place: QueuePlace): Promise<void> {
    if (isPatient) return;
    try {
      await breaker.admit();
    } catch (error) {
      options.onSkip?.('open');
      throw error;
    }
    try {
      assertRoom(lanes, { name, urgency: place.urgency(), stepMs: place.stepMs });
    } catch (error) {
      options.onSkip?.('shed');
      throw error;
    }
  }

  /** Waits for a lane and calls once. */
  const callOnce = <T>(call: Call<T>, { signal, place }: CallContext): Promise<T> =>
    lanes.run({ signal, urgency: place.urgency(), onTicket: place.onTicket }, () => send(call, signal));

  // Without a retry: its caller has little time. It is an advice only, so an error does not change the state.
  async function lookUp<T>(call: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const refused = breaker.refusal();
    if (refused !== null) throw refused;
    return await lanes.run({ signal, urgency: 'normal' }, call);
  }

  async function callWithRetries<T>(call: Call<T>, { signal, place }: CallContext): Promise<T> {
    budget.deposit();
    let last: ProviderError | null = null;
    for (let attempt = 1; ; attempt++) {
      await pause(notBefore - performance.now(), signal);
      if (signal.aborted) throw last ?? new ProviderError('timeout', 'the provider asks for a pause that ends after the deadline');
      await admit(place);
      try {
        return await callOnce(call, { signal, place });
      } catch (error) {
        if (!(error instanceof ProviderError) || !error.retryable || attempt === maxAttempts || signal.aborted) throw error;
        if (breaker.state().kind === 'open' || !budget.withdraw()) throw error;
        last = error;
        // A pause that the provider asks for holds for all callers. Without one, each caller backs off by itself.
        if (error.retryAfterMs !== undefined) notBefore = Math.max(notBefore, performance.now() + Math.min(error.retryAfterMs, maxPauseMs));
        else await pause(firstPauseMs * 2 ** (attempt - 1) * (0.5 + random()), signal);
      }
    }
  }

  const fetchOne = createJoining(provider, callWithRetries, { onApart: options.onApart });
  return {
    fetchSeries: async (query, signal, urgency = 'normal') => {
      const { window, ...question } = query;
      const topic = JSON.stringify(question);
      const key = `${topic} ${window.from} ${window.to} ${window.stepMs}`;
      places.get(key)?.raise(urgency);
      const ask = async (shared: AbortSignal) => {
        const place = createQueuePlace(urgency, window.stepMs);
        places.set(key, place);
        try {
          const fetchPiece = (piece: SeriesQuery) => fetchOne(piece, { signal: shared, place });
          const answer = await inPieces(query, options.maxTicks ?? null, fetchPiece);
          assertNotEarly(query, options.clock);
          return answer;
        } finally {
          if (places.get(key) === place) places.delete(key);
        }
      };
      try {
        return await answers.get(key, signal, ask, topic);
      } catch (error) {
        throw signal.aborted ? withCause(error, health.state()) : error;
      }
    },
    ...(inspect && { inspect: (query, signal) => lookUp(() => inspect(query, signal), signal) }),
    ...(provider.whyUnaskable !== undefined && { whyUnaskable: provider.whyUnaskable }),
    ...(propose && { propose: (window, signal) => lookUp(() => propose(window, signal), signal) }),
    ...(describe && { describe: (signal) => lookUp(() => describe(signal), signal) }),
    ...(lagMs && { lagMs }),
    ping: async (signal) => {
      // Hundreds of passes must not wait for one request that hangs.
      if (pingSince !== null && performance.now() - pingSince > maxPingJoinMs)
        throw new ProviderError('timeout', `${name} has not answered the last request yet`);
      await pings.get('ping', signal, async (shared) => {
        const place = createQueuePlace('urgent', 1_000);
        pingSince = performance.now();
        try {
          await admit(place);
          await callOnce((own) => provider.ping(own), { signal: shared, place });
          return null;
        } finally {
          pingSince = null;
        }
      });
    },
    state: health.state,
    breaker: breaker.state,
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
