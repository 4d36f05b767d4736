import type { Interval } from '../base/window.ts';
import { type Bake, isRolledForward } from './bake.ts';

/**
 * The times in which a service was unhealthy: from each bad deploy until its rollback or, if it was not rolled back, until the next deploy. They are
 * excluded from the history that bakes are compared with. `bakes` are all bakes of one service and environment.
 */
export function unhealthyIntervals(bakes: readonly Bake[], now: number): readonly Interval[] {
  const begun = bakes.map((bake) => bake.begunAt);
  return bakes.flatMap((bake): Interval[] => {
    const from = bake.deployedAt ?? bake.begunAt;
    if (bake.state === 'rolled_back' || bake.state === 'verifying' || bake.state === 'rolling_back')
      return [{ from, to: bake.state === 'rolled_back' ? bake.at : now }];
    if (isRolledForward(bake) && bake.state === 'inconclusive') return [{ from, to: bake.at }];
    if (bake.state !== 'failed') return [];
    const next = Math.min(now, ...begun.filter((at) => at > bake.begunAt));
    return [{ from, to: bake.rolledBack === 'yes' ? bake.at : Math.max(bake.at, next) }];
  });
}
