import { passDelayMs } from '../core/bake/tick-schedule.ts';
import type { BakeClaims } from '../ports/bake-claims.ts';
import type { DeployRecord } from '../ports/bake-store.ts';

/** The delay of the next pass of a bake; see `passDelayMs`. */
export type PassDelay = (record: DeployRecord) => Promise<number>;

/** How long a count of the live bakes is used. */
const countMs = 5_000;

/** Spreads the passes of all live bakes over their step. The bakes are counted again and again, because a spread that is fixed too early keeps early bakes crowded. */
export function createSpread(store: Pick<BakeClaims, 'countLive'>): PassDelay {
  let liveBakes = 0;
  let isKnown = false;
  let counting: Promise<void> | null = null;
  let countAgainAt = Number.NEGATIVE_INFINITY;
  const count = async () => {
    try {
      liveBakes = await store.countLive();
      isKnown = true;
    } catch {
      // The database is away, which the pass notices by itself. The last count is good enough.
    }
    countAgainAt = performance.now() + countMs;
    counting = null;
  };
  return async ({ deploy: { service, environment }, plan: { stepMs } }) => {
    if (performance.now() >= countAgainAt) counting ??= count();
    if (!isKnown) await counting;
    return passDelayMs({ service, environment, stepMs, liveBakes });
  };
}
