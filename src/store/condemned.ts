import type { StateName } from '../core/bake/bake.ts';

/** Which bakes found their release bad: such a version is no target, unless it passed again later. */
export const condemned: readonly StateName[] = ['awaiting_approval', 'rolling_back', 'verifying', 'rolled_back', 'failed'];
