/** Remembers the largest number of the last half minute to minute, in constant space. */
export type RecentMaximum = {
  note(value: number, at: number): void;
  /** The largest number that is remembered; 0 where no number is. */
  at(now: number): number;
};

const bucketMs = 30_000;

/** Creates an empty memory: the numbers of this half minute, and of the one before. */
export function createRecentMaximum(): RecentMaximum {
  let bucket = 0;
  let current = 0;
  let before = 0;
  const turnTo = (now: number): void => {
    const next = Math.floor(now / bucketMs);
    if (next === bucket) return;
    before = next === bucket + 1 ? current : 0;
    [bucket, current] = [next, 0];
  };
  return {
    note(value, at) {
      turnTo(at);
      current = Math.max(current, value);
    },
    at(now) {
      turnTo(now);
      return Math.max(current, before);
    },
  };
}
