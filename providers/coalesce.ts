import { ProviderError } from '../src/core/base/errors.ts';

/** Answers a question once for all who ask it at the same time, or shortly after. */
export interface Coalescer<T> {
  /**
   * The answer to `key`: the one under way, one that came less than `keepMs` ago, or a new one by `ask`. Failures are shared by those who wait, but
   * never kept. Rejects with `ProviderError` (`timeout`) as soon as the caller's signal aborts; `ask` goes on while anyone else still waits.
   */
  get(key: string, signal: AbortSignal, ask: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

/** `weigh` is the size of an answer in any unit, `maxWeight` what may be kept of them; `now` counts milliseconds and never goes back. */
export type CoalescerOptions<T> = {
  readonly keepMs: number;
  readonly maxWeight: number;
  readonly weigh: (answer: T) => number;
  readonly now?: () => number;
};

type Flight<T> = { readonly answer: Promise<T>; readonly controller: AbortController; waiters: number };
type Kept<T> = { readonly answer: T; readonly until: number; readonly weight: number };

/** Makes a coalescer that holds no timers: what is out of date goes when the next answer comes. */
export function createCoalescer<T>(options: CoalescerOptions<T>): Coalescer<T> {
  const now = options.now ?? (() => performance.now());
  const flights = new Map<string, Flight<T>>();
  const kept = new Map<string, Kept<T>>();
  let weight = 0;
  const drop = (key: string, entry: Kept<T>): void => {
    kept.delete(key);
    weight -= entry.weight;
  };
  const keep = (key: string, answer: T): void => {
    const entry = { answer, until: now() + options.keepMs, weight: options.weigh(answer) };
    const before = kept.get(key);
    if (before) drop(key, before);
    kept.set(key, entry);
    weight += entry.weight;
    // All entries live equally long, so the oldest are first in the map.
    for (const [oldest, old] of kept) {
      if (old.until > now() && weight <= options.maxWeight) break;
      drop(oldest, old);
    }
  };
  const start = (key: string, ask: (signal: AbortSignal) => Promise<T>): Flight<T> => {
    const controller = new AbortController();
    const answer = ask(controller.signal).finally(() => {
      if (flights.get(key) === flight) flights.delete(key);
    });
    const flight: Flight<T> = { answer, controller, waiters: 0 };
    flights.set(key, flight);
    // Those who wait see the error; when all have left, nobody does.
    answer.then((value) => keep(key, value)).catch(() => undefined);
    return flight;
  };
  return {
    get: async (key, signal, ask) => {
      if (signal.aborted) throw gaveUp();
      const known = kept.get(key);
      if (known && known.until > now()) return known.answer;
      if (known) drop(key, known);
      const flight = flights.get(key) ?? start(key, ask);
      return wait(flight, signal, () => flights.get(key) === flight && flights.delete(key));
    },
  };
}

// The last to leave takes the question back; whoever asks again starts anew.
function wait<T>(flight: Flight<T>, signal: AbortSignal, forget: () => void): Promise<T> {
  flight.waiters += 1;
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      flight.waiters -= 1;
      if (flight.waiters === 0) {
        forget();
        flight.controller.abort();
      }
      reject(gaveUp());
    };
    signal.addEventListener('abort', abort, { once: true });
    flight.answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

function gaveUp(): ProviderError {
  return new ProviderError('timeout', 'no answer came in the time there was');
}
