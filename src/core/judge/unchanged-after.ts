import type { RatioTicks } from '../series/ticks.ts';
import { onsetOf } from './onset.ts';
import { sum } from './turned-bad.ts';

/** This number of ticks together shows whether the failure goes on: a single one may have too few events. */
const together = 3;

/**
 * For how many ticks after a rollback the share of bad events stayed as it was: at least half of the share during the failure. 0 means that it fell at
 * once, or that there is nothing to compare.
 */
export function unchangedTicks(failing: RatioTicks, after: RatioTicks): number {
  const onset = onsetOf(failing);
  if (onset === null) return 0;
  const during = sum(failing, onset, failing.total.length);
  if (during.total === 0) return 0;
  const limit = during.bad / during.total / 2;
  const { length } = after.total;
  let unchanged = 0;
  for (let end = 1; end <= length; end++) {
    const { bad, total } = sum(after, Math.max(0, end - together), end);
    if (total > 0 && bad / total < limit) break;
    if (total > 0) unchanged = end;
  }
  return unchanged;
}
