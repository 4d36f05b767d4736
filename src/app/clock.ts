import type { Clock } from '../ports/clock.ts';

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  // `node:timers/promises` makes an error with a stack for each sleep that is ended early, and every pass has one.
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, Math.min(Math.max(0, ms), 2 ** 31 - 1));
      signal.addEventListener('abort', end, { once: true });
    }),
};
