import { formatClock } from '../src/core/bake/time-left.ts';
import { ProviderError } from '../src/core/base/errors.ts';

/** Whether questions are sent. While it is open, each gets `refusal()` at once. `nextProbeAt` is in epoch milliseconds. */
export type BreakerState = { readonly kind: 'closed' } | { readonly kind: 'open'; readonly since: number; readonly nextProbeAt: number };

/** Stops the questions to a provider that does not answer. A single cheap request every few seconds finds out when it answers again. */
export interface Breaker {
  state(): BreakerState;
  /** Resolves when a question may be sent. Makes the probe when it is due; throws `refusal()` while the breaker is open. */
  admit(): Promise<void>;
  /** The error of a question that is not sent: since when the provider does not answer, why, and when it is asked again. `null`: closed. */
  refusal(): ProviderError | null;
  /** Begins a request. Call the result with its outcome; `null`: the provider has answered. */
  watch(): (error: ProviderError | null) => void;
}

export type BreakerOptions = {
  /** The name of the provider, for messages. */
  readonly name: string;
  /** Asks the cheapest question there is. Throws `ProviderError`. */
  readonly probe: () => Promise<void>;
  /** Called when the breaker opens, and when it closes. */
  readonly onOpen?: () => void;
  readonly onClose?: () => void;
  /** Epoch milliseconds, for messages only. */
  readonly now?: () => number;
  /** Milliseconds of a clock that nobody sets. */
  readonly monotonic?: () => number;
};

/** It opens after failures of this weight in a row. A timeout weighs more: it keeps its lane for a long time. */
const maxStrikes = 8;
const strikesOf = (error: ProviderError): number => (error.kind === 'timeout' ? 2 : 1);
/** After a probe succeeds, and until a question is answered, it opens sooner. */
const strikesOnProbation = 2;
/** It opens too when this share of the newest requests has failed. After a few that all went well, its pauses are short again. */
const newest = { count: 20, maxFailures: 15, minWell: 10 };
/** The time to the first probe; it doubles with each probe that fails. */
const probePauseMs = { first: 1_000, max: 5_000 };
/** A pause that the provider asks for and that is longer opens the breaker. Shorter ones are waited for. */
export const maxShortPauseMs = 5_000;
/** However long a pause the provider asks for, it gets one cheap request in this time. */
const maxAskedPauseMs = 30_000;

/** Creates a breaker. It holds no timers: a probe is made when a question comes after its time. */
export function createBreaker(options: BreakerOptions): Breaker {
  const { name, probe, now = Date.now, monotonic = () => performance.now() } = options;
  let open: { readonly since: number; readonly last: ProviderError; readonly nextProbeAt: number } | null = null;
  let probing: Promise<void> | null = null;
  let strikes = 0;
  let failures: boolean[] = [];
  let openings = 0;
  let isOnProbation = false;
  let firstFailureAt = 0;
  // What began before the breaker opened or closed says nothing about the time after it.
  let generation = 0;

  function openNow(error: ProviderError): void {
    const backoffMs = Math.min(probePauseMs.max, probePauseMs.first * 2 ** openings);
    const pauseMs = Math.max(backoffMs, Math.min(error.retryAfterMs ?? 0, maxAskedPauseMs));
    const isFirst = open === null;
    open = { since: open?.since ?? firstFailureAt, last: error, nextProbeAt: monotonic() + pauseMs };
    openings += 1;
    generation += 1;
    if (isFirst) options.onOpen?.();
  }

  function close(): void {
    open = null;
    [strikes, failures, isOnProbation] = [0, [], true];
    generation += 1;
    options.onClose?.();
  }

  function note(error: ProviderError | null): void {
    const isFailure = error !== null && isIllness(error);
    failures = [...failures.slice(1 - newest.count), isFailure];
    if (!isFailure) {
      [strikes, isOnProbation] = [0, false];
      if (failures.length >= newest.minWell && !failures.includes(true)) openings = 0;
      return;
    }
    if (strikes === 0) firstFailureAt = now();
    strikes += strikesOf(error);
    const asksForLongPause = (error.retryAfterMs ?? 0) > maxShortPauseMs;
    const isShareHigh = failures.length >= newest.count && failures.filter((failed) => failed).length >= newest.maxFailures;
    if (asksForLongPause || isShareHigh || strikes >= (isOnProbation ? strikesOnProbation : maxStrikes)) openNow(error);
  }

  async function makeProbe(): Promise<void> {
    try {
      await probe();
      close();
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      if (isIllness(error)) openNow(error);
      else close();
    } finally {
      probing = null;
    }
  }

  function refusal(): ProviderError | null {
    if (open === null) return null;
    const { since, last, nextProbeAt } = open;
    const again =
      probing === null ? `it is asked again at ${formatClock(now() + Math.max(0, nextProbeAt - monotonic()))}` : 'it is asked again now';
    const message = `no answer: ${name} has given none since ${formatClock(since)} (${last.message}); ${again}`;
    return new ProviderError(last.kind, message, { cause: last });
  }

  function throwIfOpen(): void {
    const error = refusal();
    if (error !== null) throw error;
  }

  return {
    state: () =>
      open === null
        ? { kind: 'closed' }
        : { kind: 'open', since: open.since, nextProbeAt: now() + Math.max(0, open.nextProbeAt - monotonic()) },
    async admit() {
      if (open === null) return;
      if (probing === null && monotonic() >= open.nextProbeAt) {
        probing = makeProbe();
        await probing;
      }
      throwIfOpen();
    },
    refusal,
    watch() {
      const begun = generation;
      return (error) => {
        if (begun === generation && open === null) note(error);
      };
    },
  };
}

/** Whether an error says that the provider is ill, and not only that it dislikes the question. */
function isIllness(error: ProviderError): boolean {
  return error.retryable || error.kind === 'unauthorized';
}
