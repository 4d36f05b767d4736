import type { DeploySummary } from '../ports/bake-store.ts';
import type { NeighborFilter } from '../ports/overview-store.ts';
import type { Scope } from '../ports/scope.ts';
import type { Database } from './database.ts';
import { sql } from './drizzle.ts';
import { marksOf, toSummary } from './record.ts';
import { bakes, deploys } from './schema.ts';
import { inScope, scopeText } from './scope.ts';
import { compile, slot } from './statement.ts';

// Along the index `deploys_newest`.
const neighborsIn = compile(
  sql`
    select d.body as deploy, b.body as bake, b.version, ${marksOf(sql`d.id`)} as marks
    from ${deploys} d
    join ${bakes} b on b.deploy_id = d.id
    where d.registered_at between ${slot('from')} and ${slot('until')}
      and (d.service, d.environment) is distinct from (${slot('service')}::text, ${slot('environment')}::text)
      and ${inScope({ service: sql`d.service`, environment: sql`d.environment` })}
    order by d.registered_at desc, d.id limit ${slot('limit')}::int`,
  toSummary,
);

/** Deploys of other places in some minutes: `OverviewStore.neighbors`. */
export async function readNeighbors(db: Database, scope: Scope, filter: NeighborFilter): Promise<readonly DeploySummary[]> {
  const { from, until, place, limit } = filter;
  return await neighborsIn(db, { scope: scopeText(scope), from, until, service: place.service, environment: place.environment, limit });
}
