import { ProviderError } from '../src/core/base/errors.ts';

/** Shares one answer among all callers that ask the same question at the same time or shortly after. */
export interface Coalescer<T> {
  /**
   * Returns the answer for `key`: the pending one, one that is younger than `keepMs`, or a new one from `ask`. All waiting callers receive a failure,
   * but it is never kept. Rejects with `ProviderError` (`timeout`) as soon as the caller's signal aborts; `ask` continues while another caller waits.
   */
  get(key: string, signal: AbortSignal, ask: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

/** `weigh` returns the size of an answer in any unit; `maxWeight` limits the total size of kept answers. `now` is a monotonic clock in milliseconds. */
export type CoalescerOptions<T> = {
  readonly keepMs: number;
  readonly maxWeight: number;
  readonly weigh: (answer: T) => number;
  readonly now?: () => number;
};

type PendingAnswer<T> = { readonly answer: Promise<T>; readonly controller: AbortController; waiters: number };
type CacheEntry<T> = { readonly answer: T; readonly until: number; readonly weight: number };

/** Creates a coalescer. It holds no timers: outdated answers are removed when the next answer arrives. */
export function createCoalescer<T>(options: CoalescerOptions<T>): Coalescer<T> {
  const now = options.now ?? (() => performance.now());
  const pending = new Map<string, PendingAnswer<T>>();
  const kept = new Map<string, CacheEntry<T>>();
  let weight = 0;
  // In the order in which they came. Not read off the map: walking a map from its start passes over all entries that were deleted before.
  let queue: { readonly key: string; readonly entry: CacheEntry<T> }[] = [];
  let head = 0;
  const drop = (key: string, entry: CacheEntry<T>): void => {
    kept.delete(key);
    weight -= entry.weight;
  };
  const keep = (key: string, answer: T): void => {
    const entry = { answer, until: now() + options.keepMs, weight: options.weigh(answer) };
    const before = kept.get(key);
    if (before) drop(key, before);
    kept.set(key, entry);
    weight += entry.weight;
    queue.push({ key, entry });
    // All entries live for the same time, so the oldest come first.
    for (let oldest = queue[head]; oldest !== undefined; oldest = queue[head]) {
      const isKept = kept.get(oldest.key) === oldest.entry;
      if (isKept && oldest.entry.until > now() && weight <= options.maxWeight) break;
      if (isKept) drop(oldest.key, oldest.entry);
      head++;
    }
    if (head * 2 > queue.length) [queue, head] = [queue.slice(head), 0];
  };
  const start = (key: string, ask: (signal: AbortSignal) => Promise<T>): PendingAnswer<T> => {
    const controller = new AbortController();
    const answer = ask(controller.signal).finally(() => {
      if (pending.get(key) === created) pending.delete(key);
    });
    const created: PendingAnswer<T> = { answer, controller, waiters: 0 };
    pending.set(key, created);
    // The waiting callers receive the error. Without any, it is dropped.
    answer.then((value) => keep(key, value)).catch(() => undefined);
    return created;
  };
  return {
    get: async (key, signal, ask) => {
      if (signal.aborted) throw timeoutError();
      const cached = kept.get(key);
      if (cached && cached.until > now()) return cached.answer;
      if (cached) drop(key, cached);
      const current = pending.get(key) ?? start(key, ask);
      return wait(current, signal, () => pending.get(key) === current && pending.delete(key));
    },
  };
}

// When the last caller leaves, the question is aborted. A later caller starts a new one.
function wait<T>(current: PendingAnswer<T>, signal: AbortSignal, remove: () => void): Promise<T> {
  current.waiters += 1;
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      current.waiters -= 1;
      if (current.waiters === 0) {
        remove();
        current.controller.abort();
      }
      reject(timeoutError());
    };
    signal.addEventListener('abort', abort, { once: true });
    current.answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

function timeoutError(): ProviderError {
  return new ProviderError('timeout', 'no answer arrived before the deadline');
}
