import { boundFor, usualBound } from '../src/core/judge/readings.ts';
import type { Ticks } from '../src/core/series/ticks.ts';

/** The bucket bound beyond which a request counts as slow, or in words why there is none. `undefined` for what is no latency. */
export function slowBound(bake: Ticks, past: Ticks, slowerThanSec: number | undefined): number | undefined | string {
  if (bake.kind !== 'latency' || past.kind !== 'latency') return undefined;
  const bound = slowerThanSec === undefined ? usualBound(past) : boundFor(past, slowerThanSec);
  if (bound === null) return 'no bucket bound to tell slow requests by: not compared';
  // A histogram without any bucket yet has no bound to differ.
  if (bake.le.length > 0 && boundFor(bake, bound) !== bound) return 'other bucket bounds than before: not compared';
  return bound;
}
