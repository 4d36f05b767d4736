import { boundFor, defaultBound } from '../src/core/judge/readings.ts';
import type { TicksShape } from '../src/core/series/tick.ts';
import type { Ticks } from '../src/core/series/ticks.ts';

/** The bucket bound above which a request counts as slow, or in words why no bound fits. `undefined` for a series that is no latency. */
export function slowBound(bake: TicksShape, past: Ticks, slowerThan: number | undefined): number | undefined | string {
  if (bake.kind !== 'latency' || past.kind !== 'latency') return undefined;
  const bound = slowerThan === undefined ? defaultBound(past) : boundFor(past.le, slowerThan);
  if (bound === null) return 'not compared: no bucket bound to tell slow requests by';
  return hasBound(bake.le, bound) ? bound : 'not compared: other bucket bounds than before';
}

/** A histogram without any bucket yet has no bound to differ. */
function hasBound(le: readonly number[], bound: number): boolean {
  return le.length === 0 || boundFor(le, bound) === bound;
}
