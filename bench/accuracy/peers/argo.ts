import type { Recording } from '../../../src/core/recording/recording.ts';
import type { Outcome } from '../score.ts';
import { limitFor } from './limit.ts';
import { askAll, type Reading } from './readings.ts';

const failureLimit = 3;
const consecutiveErrorLimit = 4;

/**
 * The documented rule of Argo Rollouts' analysis, with the values of its own examples: a success rate of at least 95 % (`successCondition`), and a
 * 99th percentile of at most half a second; `failureLimit: 3`, counted over the whole run and never forgiven; a comparison with not-a-number is
 * false and so a failure; no answer is an error, and the fifth in a row aborts like a failure. Asked each minute.
 */
export function argo(recording: Recording): Outcome | null {
  let first: number | null = null;
  let isJudged = false;
  for (const asked of askAll(recording, 0.99)) {
    const limit = limitFor(asked, { share: 0.05, seconds: 0.5 });
    if (limit === null) continue;
    isJudged = true;
    const at = abortsAt(asked.bake, limit);
    if (at !== null) first = Math.min(first ?? Number.POSITIVE_INFINITY, (at + 1) * asked.every);
  }
  if (!isJudged) return null;
  return first === null ? { verdict: 'pass', decidedAfter: 0 } : { verdict: 'fail', decidedAfter: first };
}

function abortsAt(readings: readonly Reading[], limit: number): number | null {
  let [failures, errors] = [0, 0];
  for (const [i, reading] of readings.entries()) {
    if (reading === null) errors++;
    else {
      errors = 0;
      if (!(reading <= limit)) failures++;
    }
    if (failures > failureLimit || errors > consecutiveErrorLimit) return i;
  }
  return null;
}
