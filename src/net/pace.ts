import { setTimeout as sleep } from 'node:timers/promises';

/** Lets calls through one by one, in the order in which they came. */
export type Pace = {
  /** Waits for its turn: no sooner than the interval after the turn before. Throws when the signal aborts first. */
  turn(signal: AbortSignal): Promise<void>;
  /** Nobody's turn comes in the next `ms` milliseconds. */
  pause(ms: number): void;
};

/** Makes a pace of one turn in `intervalMs`. It is this process's own: others that call the same far side have theirs. */
export function createPace(intervalMs: number): Pace {
  let free = 0;
  let line: Promise<void> = Promise.resolve();
  return {
    async turn(signal) {
      const before = line;
      const own = Promise.withResolvers<void>();
      // Who leaves the line must not let the next one past those who still stand in it.
      line = before.then(() => own.promise);
      try {
        await Promise.race([before, aborted(signal)]);
        // A timer may come early: it counts from when its round of the loop began.
        for (let now = Date.now(); now < free; now = Date.now()) await sleep(free - now, undefined, { signal });
        signal.throwIfAborted();
        free = Date.now() + intervalMs;
      } finally {
        own.resolve();
      }
    },
    pause(ms) {
      free = Math.max(free, Date.now() + ms);
    },
  };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
