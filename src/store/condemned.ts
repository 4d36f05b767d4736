import type { StateName } from '../core/bake/bake.ts';

/** States of a bake whose release was judged bad. Its version is no rollback target, unless it passed again later. */
export const condemned: readonly StateName[] = ['awaiting_approval', 'rolling_back', 'verifying', 'rolled_back', 'failed'];
