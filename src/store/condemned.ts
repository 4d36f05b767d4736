import type { StateName } from '../core/bake/bake.ts';
import { and, inArray, or, type SQL, type SQLWrapper, sql } from './drizzle.ts';

/** States of a bake whose release was judged bad. Its version is no rollback target, unless it passed again later. */
export const condemned: readonly StateName[] = ['awaiting_approval', 'rolling_back', 'verifying', 'rolled_back', 'failed'];

/**
 * True for a bake whose release was judged bad, also where a person rolled forward to it afterwards. False where the rollback did not help: the release
 * is not counted as bad then.
 */
export function isCondemned({ state, body }: { readonly state: SQLWrapper; readonly body: SQLWrapper }): SQL {
  const isBad = or(inArray(state, [...condemned]), sql`${body}->'forwards' is not null`);
  return and(isBad, sql`coalesce(${body}->>'didNotHelp', 'false') = 'false'`) ?? sql`false`;
}
