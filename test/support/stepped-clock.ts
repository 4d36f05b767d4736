import type { Clock } from '../../src/ports/clock.ts';

/** A clock that stands still until the test moves it. Unlike with the manual clock, a sleep waits until then. */
export type SteppedClock = Clock & {
  set(at: number): void;
  /** Lets all sleepers look again without time passing: something that they poll for may have happened. */
  wake(): void;
};

type Sleeper = { readonly until: number; readonly wake: () => void };

export function createSteppedClock(start: number): SteppedClock {
  let now = start;
  const sleepers = new Set<Sleeper>();
  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal.aborted || ms <= 0) return resolve();
        const wake = () => {
          sleepers.delete(sleeper);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        const sleeper = { until: now + ms, wake };
        sleepers.add(sleeper);
        signal.addEventListener('abort', wake);
      }),
    set: (at) => {
      now = at;
      for (const sleeper of [...sleepers]) if (sleeper.until <= now) sleeper.wake();
    },
    wake: () => {
      for (const sleeper of [...sleepers]) sleeper.wake();
    },
  };
}
