import { ProviderError } from '../src/core/base/errors.ts';

/** Shares one answer among all callers that ask the same question at the same time or shortly after. */
export interface Coalescer<T> {
  /**
   * Returns the answer for `key`: the pending one, one that is younger than `keepMs`, or a new one from `ask`. All waiting callers receive a failure,
   * but it is never kept. Rejects with `ProviderError` (`timeout`) as soon as the caller's signal aborts; `ask` continues while another caller waits.
   * `topic`: what the question has in common with those of other ticks. Where it is given, answers are kept only once such a question came again while its
   * answer would have been kept: most questions are those of one bake, and their answers would fill the memory for nothing.
   */
  get(key: string, signal: AbortSignal, ask: (signal: AbortSignal) => Promise<T>, topic?: string): Promise<T>;
}

/** `weigh` returns the size of an answer in any unit; `maxWeight` limits the total size of kept answers. `now` is a monotonic clock in milliseconds. */
export type CoalescerOptions<T> = {
  readonly keepMs: number;
  readonly maxWeight: number;
  readonly weigh: (answer: T) => number;
  readonly now?: () => number;
};

type PendingAnswer<T> = { readonly answer: Promise<T>; readonly controller: AbortController; waiters: number };
/** `answer: null`: only that it was asked is known. */
type CacheEntry<T> = { readonly answer: { readonly value: T } | null; readonly until: number; readonly weight: number };

/** The number of topics that are known to be shared. One that is forgotten costs one more request. */
const maxTopics = 10_000;

/** Creates a coalescer. It holds no timers: outdated answers are removed when the next answer arrives. */
export function createCoalescer<T>(options: CoalescerOptions<T>): Coalescer<T> {
  const now = options.now ?? (() => performance.now());
  const pending = new Map<string, PendingAnswer<T>>();
  const kept = new Map<string, CacheEntry<T>>();
  const sharedTopics = new Set<string>();
  let weight = 0;
  // In the order in which they came. Not read off the map: walking a map from its start passes over all entries that were deleted before.
  let queue: { readonly key: string; readonly entry: CacheEntry<T> }[] = [];
  let head = 0;
  const drop = (key: string, entry: CacheEntry<T>): void => {
    kept.delete(key);
    weight -= entry.weight;
  };
  const keep = (key: string, value: T, topic: string | undefined): void => {
    const isKept = topic === undefined || sharedTopics.has(topic);
    const entry = { answer: isKept ? { value } : null, until: now() + options.keepMs, weight: isKept ? options.weigh(value) : 1 };
    const before = kept.get(key);
    if (before) drop(key, before);
    kept.set(key, entry);
    weight += entry.weight;
    queue.push({ key, entry });
    // All entries live for the same time, so the oldest come first.
    for (let oldest = queue[head]; oldest !== undefined; oldest = queue[head]) {
      const isThere = kept.get(oldest.key) === oldest.entry;
      if (isThere && oldest.entry.until > now() && weight <= options.maxWeight) break;
      if (isThere) drop(oldest.key, oldest.entry);
      head++;
    }
    if (head * 2 > queue.length) [queue, head] = [queue.slice(head), 0];
  };
  const markShared = (topic: string): void => {
    if (sharedTopics.size >= maxTopics) sharedTopics.clear();
    sharedTopics.add(topic);
  };
  const start = (key: string, ask: (signal: AbortSignal) => Promise<T>, topic: string | undefined): PendingAnswer<T> => {
    const controller = new AbortController();
    const answer = ask(controller.signal).finally(() => {
      if (pending.get(key) === created) pending.delete(key);
    });
    const created: PendingAnswer<T> = { answer, controller, waiters: 0 };
    pending.set(key, created);
    // The waiting callers receive the error. Without any, it is dropped.
    answer.then((value) => keep(key, value, topic)).catch(() => undefined);
    return created;
  };
  return {
    get: async (key, signal, ask, topic) => {
      if (signal.aborted) throw timeoutError();
      const cached = kept.get(key);
      const isYoung = cached !== undefined && cached.until > now();
      if (isYoung && cached.answer !== null) return cached.answer.value;
      if (isYoung && topic !== undefined) markShared(topic);
      if (cached) drop(key, cached);
      const current = pending.get(key) ?? start(key, ask, topic);
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
