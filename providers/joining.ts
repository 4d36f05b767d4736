import { ProviderError } from '../src/core/base/errors.ts';
import type { Answer, MetricsProvider, QueryLot, SeriesQuery } from '../src/ports/provider.ts';
import { type CallContext, joinPlaces } from './queue-place.ts';

/** Makes one call of the provider within its limits, with retries. */
type CallProvider = <T>(call: (signal: AbortSignal) => Promise<T>, context: CallContext) => Promise<T>;

/** Answers one query. Throws `ProviderError`. */
type FetchOne = (query: SeriesQuery, context: CallContext) => Promise<Answer>;

export type JoiningOptions = {
  /** How long a query waits for others while there are many. */
  readonly waitMs?: number;
  /** How long one joined request may take. */
  readonly lotMs?: number;
  /** How long queries are asked apart after a joined request that failed where they did not. */
  readonly apartMs?: number;
  /** Called once, at the first joined request that failed where its queries did not: from then on some are asked apart for a while. */
  readonly onApart?: ((error: ProviderError) => void) | undefined;
};

type WaitingQuery = {
  readonly query: SeriesQuery;
  readonly context: CallContext;
  readonly resolve: (answer: Answer | Promise<Answer>) => void;
  readonly reject: (error: unknown) => void;
};

/** A query that comes this many times the wait after the one before it does not wait: few bakes are live. */
const quietFactor = 10;

/**
 * Collects the queries of a moment and asks them in lots, as the provider joins them. A lot that fails is asked again query by query, unless the provider
 * fails for a single one as well. A caller that gives up leaves its lot; the lot goes on for the others.
 */
export function createJoining(provider: MetricsProvider, call: CallProvider, options: JoiningOptions = {}): FetchOne {
  const { waitMs = 30, lotMs = 4_000, apartMs = 60_000, onApart } = options;
  const { joins } = provider;
  const alone: FetchOne = (query, context) => call((own) => provider.fetchSeries(query, own), context);
  if (joins === undefined) return alone;
  const apartUntil = new Map<string, number>();
  let waiting: WaitingQuery[] = [];
  let askedAt = Number.NEGATIVE_INFINITY;
  let wasApart = false;

  const settleAlone = ({ query, context, resolve }: WaitingQuery): void => resolve(alone(query, context));

  /** Asks all queries of a lot that failed apart, if the first of them gets an answer. */
  const askApart = async (lot: QueryLot, askers: readonly WaitingQuery[], error: ProviderError): Promise<void> => {
    const [first, ...others] = askers;
    if (first === undefined) return;
    if (error.kind === 'unavailable' || error.kind === 'timeout') {
      const trial = alone(first.query, first.context);
      first.resolve(trial);
      const own = await trial.then(
        () => null,
        (reason: unknown) => reason,
      );
      if (own instanceof ProviderError && own.retryable) {
        for (const { reject } of others) reject(error);
        return;
      }
    } else settleAlone(first);
    apartUntil.set(lot.key, performance.now() + apartMs);
    if (!wasApart) onApart?.(error);
    wasApart = true;
    for (const asker of others) settleAlone(asker);
  };

  const askLot = async (lot: QueryLot, askers: readonly WaitingQuery[]): Promise<void> => {
    const all = createSharedSignal(askers.map(({ context }) => context.signal));
    const place = joinPlaces(askers.map(({ context }) => context.place));
    try {
      const answers = await call((own) => withinLimit(lot, own, { limitMs: lotMs, onLimit: all.abort }), { signal: all.signal, place });
      for (const [i, asker] of askers.entries()) {
        const answer = answers[i];
        if (answer) asker.resolve(answer);
        else settleAlone(asker);
      }
    } catch (error) {
      const isForAll = !(error instanceof ProviderError) || error.kind === 'rate_limited' || error.kind === 'unauthorized';
      if (isForAll) for (const { reject } of askers) reject(error);
      else await askApart(lot, askers, error);
    } finally {
      all.release();
    }
  };

  const askWaiting = (): void => {
    const all = waiting;
    waiting = [];
    askedAt = performance.now();
    // Nobody waits for these any more: the coalescer has answered their callers.
    for (const { context, reject } of all)
      if (context.signal.aborted) reject(new ProviderError('timeout', 'the deadline passed before the query was sent'));
    const asked = new Map(all.filter(({ context }) => !context.signal.aborted).map((asker) => [asker.query, asker]));
    for (const lot of joins.lotsOf([...asked.keys()])) {
      if ((apartUntil.get(lot.key) ?? 0) > askedAt) continue;
      const askers = lot.queries.flatMap((query) => asked.get(query) ?? []);
      for (const { query } of askers) asked.delete(query);
      void askLot(lot, askers);
    }
    for (const asker of asked.values()) settleAlone(asker);
  };

  return (query, context) => {
    if (!joins.accepts(query)) return alone(query, context);
    return new Promise((resolve, reject) => {
      waiting.push({ query, context, resolve, reject });
      if (waiting.length > 1) return;
      setTimeout(askWaiting, performance.now() - askedAt < quietFactor * waitMs ? waitMs : 0);
    });
  };
}

// A request that many share must leave time to ask for a few of them alone. The limit begins when the request is sent, not when it waits for its turn.
async function withinLimit(
  lot: QueryLot,
  signal: AbortSignal,
  { limitMs, onLimit }: { readonly limitMs: number; readonly onLimit: () => void },
): Promise<readonly (Answer | null)[]> {
  const limit = new AbortController();
  const stop = () => limit.abort();
  const timer = setTimeout(stop, limitMs);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await lot.fetchAll(limit.signal);
  } catch (error) {
    // What took too long once is not tried again as a whole.
    if (error instanceof ProviderError && error.kind === 'timeout') onLimit();
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}

/** A signal that aborts when all of the others have aborted. */
function createSharedSignal(signals: readonly AbortSignal[]) {
  const controller = new AbortController();
  let left = signals.length;
  const leave = (): void => {
    left -= 1;
    if (left === 0) controller.abort();
  };
  for (const signal of signals) signal.addEventListener('abort', leave, { once: true });
  return {
    signal: controller.signal,
    abort: () => controller.abort(),
    release: () => {
      for (const signal of signals) signal.removeEventListener('abort', leave);
    },
  };
}
