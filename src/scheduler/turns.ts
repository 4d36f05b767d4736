import { setImmediate } from 'node:timers/promises';

/** Resolves when the caller may keep the processor busy for a moment. */
export type Turn = () => Promise<void>;

/** Hands out turns one at a time, and lets everything else that waits run in between: learning from a past may take a tenth of a second. */
export function createTurns(): Turn {
  let last: Promise<void> = Promise.resolve();
  return () => {
    last = last.then(() => setImmediate());
    return last;
  };
}
