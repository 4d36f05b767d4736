import type { Recording } from '../../../src/core/recording/recording.ts';
import type { Outcome } from '../score.ts';
import { limitFor } from './limit.ts';
import { type Asked, askAll } from './readings.ts';

const threshold = 5;

/**
 * The documented rule of Flagger's analysis, with the values of its own examples: each minute a success rate of at least 99 % and a 99th percentile
 * of at most half a second; a tick in which any metric fails, or has no value, counts one; the count is never reset while the canary runs; rolled
 * back in the tick after the fifth.
 */
export function flagger(recording: Recording): Outcome | null {
  const metrics = askAll(recording, 0.99).flatMap((asked) => {
    const limit = limitFor(asked, { share: 0.01, seconds: 0.5 });
    return limit === null ? [] : [{ asked, limit }];
  });
  const every = metrics[0]?.asked.every;
  if (every === undefined) return null;
  const length = Math.max(...metrics.map(({ asked }) => asked.bake.length));
  let failedChecks = 0;
  for (let tick = 0; tick < length; tick++) {
    if (failedChecks >= threshold) return { verdict: 'fail', decidedAfter: (tick + 1) * every };
    if (metrics.some(({ asked, limit }) => isFailed(asked, tick, limit))) failedChecks++;
  }
  return { verdict: 'pass', decidedAfter: length * every };
}

function isFailed({ bake }: Asked, tick: number, limit: number): boolean {
  const value = bake[tick] ?? Number.NaN;
  return !(value <= limit);
}
