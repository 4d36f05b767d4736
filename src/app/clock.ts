import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../ports/clock.ts';

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    await wait(Math.min(Math.max(0, ms), 2 ** 31 - 1), undefined, { signal }).catch(() => undefined);
  },
};
