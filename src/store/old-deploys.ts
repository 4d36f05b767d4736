import type { PruneRequest } from '../ports/store-maintenance.ts';
import { type SQL, sql } from './drizzle.ts';
import { bakes, deploys } from './schema.ts';

/** The table `place` of a recursive query: all places, by one step along an index for each. A plain `distinct` reads every deploy that there ever was. */
const places = sql`
    place as (
      (select service, environment from ${deploys} order by service, environment limit 1)
      union all
      select later.service, later.environment from place cross join lateral (
        select service, environment from ${deploys} where (service, environment) > (place.service, place.environment)
        order by service, environment limit 1
      ) as later
    )`;

/** How many of the newest deploys of a place are never deleted: policies, pages and reports look at these. */
const keptDeploys = 200;
/** How many of its newest passed deploys are never deleted: one of them is what a rollback returns to. */
const keptPassed = 10;

/**
 * Finds the oldest deploys that may be deleted, place by place, because each place keeps its newest ones. A place with fewer passed deploys than are kept
 * keeps all of its deploys. Every step reads a few rows of an index.
 */
export function findOldDeploys({ endedBefore, limit }: PruneRequest): SQL {
  const isOfPlace = sql`d.service = place.service and d.environment = place.environment`;
  return sql`
    with recursive ${places}
    select old.id from place
    cross join lateral (
      select d.registered_at as at from ${deploys} d where ${isOfPlace} and d.registered_at < ${endedBefore} order by d.registered_at, d.id limit 1
    ) as oldest
    cross join lateral (
      select d.registered_at as at from ${deploys} d where ${isOfPlace} order by d.registered_at desc, d.id desc offset ${keptDeploys - 1} limit 1
    ) as kept
    cross join lateral (
      select d.registered_at as at from ${deploys} d join ${bakes} bake on bake.deploy_id = d.id
      where ${isOfPlace} and bake.state = 'passed' order by d.registered_at desc, d.id desc offset ${keptPassed - 1} limit 1
    ) as good
    cross join lateral (
      select d.id from ${deploys} d join ${bakes} bake on bake.deploy_id = d.id
      where ${isOfPlace} and d.registered_at < least(kept.at, good.at, ${endedBefore}::bigint)
        and bake.next_at is null and (bake.body->>'at')::bigint < ${endedBefore}
      order by d.registered_at, d.id limit ${limit} for update of bake skip locked
    ) as old
    limit ${limit}`;
}
