import type { DeployChange } from '../ports/change-journal.ts';

/** No transaction takes longer than this. */
const settleMs = 30_000;
/** The transactions under way have places among this many. */
export const placesUnderWay = 200;

/** Which entries of the timelines have been seen. */
export type Places = {
  /** The place up to which all entries have certainly been seen. */
  safe(): number;
  newest(): number;
  /** Takes entries, and returns the deploys of those that are new. */
  take(entries: readonly DeployChange[], now: number): readonly string[];
};

/**
 * Remembers the entries of the last half minute: an entry gets its place before it is committed, so that one with a lower place may appear later. What is
 * older than that is certainly complete. Begins after the place `start`, with the entries that are there already.
 */
export function createPlaces(start: number, known: readonly DeployChange[], now: number): Places {
  const seenAt = new Map(known.map(({ place }) => [place, now]));
  let safe = start;
  let newest = known.at(-1)?.place ?? start;
  return {
    safe: () => safe,
    newest: () => newest,
    take(entries, at) {
      const fresh = entries.filter(({ place }) => place > safe && !seenAt.has(place));
      for (const { place } of fresh) seenAt.set(place, at);
      newest = Math.max(newest, entries.at(-1)?.place ?? 0);
      for (const [place, seen] of [...seenAt].sort(([a], [b]) => a - b)) {
        if (at - seen <= settleMs) break;
        safe = place;
        seenAt.delete(place);
      }
      return [...new Set(fresh.map(({ deployId }) => deployId))];
    },
  };
}
