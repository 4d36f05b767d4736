import { formatDuration } from '../src/core/base/duration.ts';
import { ProviderError } from '../src/core/base/errors.ts';
import type { Window } from '../src/core/base/window.ts';

/** If all points of an answer have the same distance, and there are at least this many, it is no coincidence. */
const minEvenPoints = 5;

/**
 * Throws `ProviderError` (`bad_response`) for points that are not those of ticks. `begins`: the begin of each point of an answer, in any order, once or more
 * often. A coarser point covers several ticks, so nobody knows how much of it belongs to which.
 */
export function assertTickPoints(vendor: string, begins: readonly number[], { from, stepMs }: Window): void {
  const times = [...new Set(begins)].sort((a, b) => a - b);
  const stray = times.find((time) => (time - from) % stepMs !== 0);
  const distances = times.slice(1).map((time, i) => time - (times[i] ?? time));
  const [first = 0] = distances;
  const isCoarse = times.length >= minEvenPoints && first > stepMs && distances.every((distance) => distance === first);
  if (stray === undefined && !isCoarse) return;
  const seen = isCoarse ? `a point every ${formatDuration(first)}` : `a point at ${stray} ms, which is not the begin of a tick`;
  throw new ProviderError(
    'bad_response',
    `${vendor} answered with ${seen}, but a tick is ${formatDuration(stepMs)}: write a longer \`every\`, such as the interval at which this metric is sent`,
  );
}
