import { setImmediate } from 'node:timers/promises';

/** Resolves when the caller may block the event loop for a moment. */
export type Turn = () => Promise<void>;

/** Grants one turn per round of the event loop, so that other work runs between them: calibrating an analyzer can take a tenth of a second. */
export function createTurns(): Turn {
  let last: Promise<void> = Promise.resolve();
  return () => {
    last = last.then(() => setImmediate());
    return last;
  };
}
