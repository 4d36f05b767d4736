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
  return {
    async turn(signal) {
      const now = Date.now();
      const at = Math.max(now, free);
      free = at + intervalMs;
      if (at > now) await sleep(at - now, undefined, { signal });
    },
    pause(ms) {
      free = Math.max(free, Date.now() + ms);
    },
  };
}
