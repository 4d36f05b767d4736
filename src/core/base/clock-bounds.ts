/**
 * One reading of another machine's clock. The clock showed a time from `shows` to `shows + unitMs` (it counts in whole units) at some instant between two
 * instants of our own monotonic clock: when the question was sent, and when the answer was received.
 */
export type ClockReading = { readonly shows: number; readonly unitMs: number; readonly sentAt: number; readonly receivedAt: number };

/** How far another clock is ahead of our monotonic clock: at least `low` and at most `high` milliseconds. `at`: the newest reading. */
export type ClockBounds = { readonly low: number; readonly high: number; readonly at: number };

/** Two clocks of computers drift apart by at most this share of the time. */
const maxDrift = 2e-4;

/**
 * Narrows the bounds by one more reading: what an earlier reading has ruled out stays ruled out, except for the drift since then. Where the two
 * contradict each other, the other clock was set, and only the new reading counts.
 */
export function narrowBounds(before: ClockBounds | null, { shows, unitMs, sentAt, receivedAt }: ClockReading): ClockBounds {
  const reading = { low: shows - receivedAt, high: shows + unitMs - sentAt, at: receivedAt };
  if (before === null) return reading;
  const driftMs = Math.max(0, receivedAt - before.at) * maxDrift;
  const low = Math.max(reading.low, before.low - driftMs);
  const high = Math.min(reading.high, before.high + driftMs);
  return low <= high ? { low, high, at: receivedAt } : reading;
}
