import { type ClockBounds, type ClockReading, narrowBounds } from '../core/base/clock-bounds.ts';
import type { Clock } from '../ports/clock.ts';
import { systemClock } from './clock.ts';

/** The clock of a server: the time of its database, carried on by the monotonic clock of this process. */
export type DatabaseClock = Clock & {
  /** Reads the database's clock, at most once per second. Throws what `read` throws; the time then goes on as before. */
  sync(read: () => Promise<number>): Promise<void>;
  /** How far the machine's clock is ahead of the database's, in milliseconds; negative: behind. */
  skewMs(): number;
  /** How far this clock is still ahead of the database's, because that was set back. */
  aheadMs(): number;
};

type DatabaseClockInput = { readonly wall?: () => number; readonly monotonic?: () => number };

const syncEveryMs = 1_000;
/** While the clock is ahead of the database's, it runs at this share of the normal speed. */
const slowDown = 0.5;

/**
 * Creates the clock. All replicas share the time of the database, so the clocks of their machines need not agree, and a machine's clock may be set.
 * A correction within the uncertainty of the readings changes nothing. The clock follows the database forwards at once. It never goes back: where it is
 * ahead, it runs at half speed until the database has caught up. Before the first reading it shows the machine's time.
 */
export function createDatabaseClock({ wall = Date.now, monotonic = () => performance.now() }: DatabaseClockInput = {}): DatabaseClock {
  let bounds: ClockBounds | null = null;
  let offset = wall() - monotonic();
  let ahead = { ms: 0, since: monotonic() };
  let syncAt = Number.NEGATIVE_INFINITY;

  const aheadAt = (instant: number) => Math.max(0, ahead.ms - (instant - ahead.since) * slowDown);
  const timeAt = (instant: number) => instant + offset + aheadAt(instant);

  function correct(reading: ClockReading): void {
    const isFirst = bounds === null;
    const instant = monotonic();
    const shown = timeAt(instant);
    bounds = narrowBounds(bounds, reading);
    offset = Math.min(Math.max(offset, bounds.low), bounds.high);
    ahead = { ms: isFirst ? 0 : Math.max(0, shown - (instant + offset)), since: instant };
  }

  return {
    now: () => Math.floor(timeAt(monotonic())),
    sleep: systemClock.sleep,
    async sync(read) {
      const sentAt = monotonic();
      if (sentAt < syncAt) return;
      const shows = await read();
      const receivedAt = monotonic();
      correct({ shows, unitMs: 1, sentAt, receivedAt });
      syncAt = receivedAt + syncEveryMs;
    },
    aheadMs: () => aheadAt(monotonic()),
    skewMs: () => wall() - timeAt(monotonic()),
  };
}
