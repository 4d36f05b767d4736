/** A random generator: numbers from 0 to below 1. */
export type Random = () => number;

/** A generator whose numbers depend on the seed alone (mulberry32, Tommy Ettinger 2017). */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * The number of events kept out of `count`, if each is kept with probability `share`. For a fractional count (servers may return one), exactly that
 * share of it.
 */
export function thin(count: number, share: number, random: Random): number {
  if (!(count > 0) || !(share > 0)) return 0;
  if (share >= 1) return count;
  if (!Number.isSafeInteger(count)) return count * share;
  if (share > 0.5) return count - thin(count, 1 - share, random);
  if (count * share > manyEvents) return rounded(count * share, count * share * (1 - share), { max: count, random });
  // The gaps between kept events are geometric: as many draws as events are kept.
  let [kept, at] = [0, 0];
  for (;;) {
    at += 1 + Math.floor(Math.log(1 - random()) / Math.log1p(-share));
    if (at > count) return kept;
    kept++;
  }
}

/** A Poisson number of events with that mean. */
export function poisson(mean: number, random: Random): number {
  if (!(mean > 0)) return 0;
  if (mean > manyEvents) return rounded(mean, mean, { max: Number.MAX_SAFE_INTEGER, random });
  let [events, product] = [0, random()];
  for (const limit = Math.exp(-mean); product > limit; events++) product *= random();
  return events;
}

/** With more events than this the normal approximation is right to within a hundredth of a standard deviation. */
const manyEvents = 100;

function rounded(mean: number, variance: number, { max, random }: { readonly max: number; readonly random: Random }): number {
  // Box & Muller 1958.
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Math.min(max, Math.max(0, Math.round(mean + Math.sqrt(variance) * normal)));
}
