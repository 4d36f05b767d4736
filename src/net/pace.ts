import { setTimeout as sleep } from 'node:timers/promises';

/** Lets calls pass one by one, in order of arrival, with a minimum interval. */
export type Pace = {
  /** Waits until the interval since the previous call is over. Throws if the signal aborts first. */
  turn(signal: AbortSignal): Promise<void>;
  /** Lets no call pass in the next `ms` milliseconds. */
  pause(ms: number): void;
};

/** Creates a pace of one call per `intervalMs`, which is read at each call. It counts only the calls of this process. */
export function createPace(intervalMs: number | (() => number)): Pace {
  let nextAt = 0;
  let queue: Promise<void> = Promise.resolve();
  return {
    async turn(signal) {
      const before = queue;
      const own = Promise.withResolvers<void>();
      // A caller that gives up must not let the next one overtake those that wait before it.
      queue = before.then(() => own.promise);
      try {
        await Promise.race([before, aborted(signal)]);
        // A timer may fire early: Node counts from the start of the event loop's round.
        for (let now = performance.now(); now < nextAt; now = performance.now()) await sleep(nextAt - now, undefined, { signal });
        signal.throwIfAborted();
        nextAt = performance.now() + (typeof intervalMs === 'number' ? intervalMs : intervalMs());
      } finally {
        own.resolve();
      }
    },
    pause(ms) {
      nextAt = Math.max(nextAt, performance.now() + ms);
    },
  };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
