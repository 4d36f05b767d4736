import type { Clock } from '../../src/ports/clock.ts';

/** A clock that stands still until it is told to go on. `sleep` does not wait: time passes at once. */
export type ManualClock = Clock & { advance(ms: number): void; set(at: number): void };

export function createManualClock(start: number): ManualClock {
  let now = start;
  return {
    now: () => now,
    async sleep(ms) {
      if (Number.isFinite(ms)) now += ms;
    },
    advance: (ms) => {
      now += ms;
    },
    set: (at) => {
      now = at;
    },
  };
}
