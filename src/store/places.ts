import { z } from 'zod';
import type { ServiceSummary } from '../ports/deploy-catalog.ts';
import type { Scope } from '../ports/scope.ts';
import type { Database } from './database.ts';
import { and, eq, sql } from './drizzle.ts';
import { isKnownGood, isUnverifiedTarget } from './known-good.ts';
import { read } from './read.ts';
import { marksOf, selectSummaries, toSummary } from './record.ts';
import { bakes, deploys } from './schema.ts';
import { inScope, scopeText } from './scope.ts';
import { build, compile, slot } from './statement.ts';

const place = { service: sql`newest.service`, environment: sql`newest.environment` };
const newestFirst = sql`${deploys.registeredAt} desc, ${deploys.id} desc`;

// The newest deploy of a place, where it passed, is its known-good one: no newer one can condemn it.
const good = selectSummaries(build, and(sql`latest.state <> 'passed'`, isKnownGood(place, null)))
  .orderBy(newestFirst)
  .limit(1);
// Read only where no deploy is verified.
const unverified = selectSummaries(build, and(sql`latest.state <> 'passed'`, sql`good.deploy is null`, isUnverifiedTarget(place, null)))
  .orderBy(newestFirst)
  .limit(1);

// Backwards along the index `deploys_place`: one step leads to the place before, and to its newest deploy. The known-good deploys come as JSON objects,
// because their columns have the same names.
const everyPlace = compile(
  sql`
    with recursive newest as (
      (select service, environment, id, body from ${deploys} order by service desc, environment desc, registered_at desc, id desc limit 1)
      union all
      select earlier.* from newest cross join lateral (
        select service, environment, id, body from ${deploys} where (service, environment) < (newest.service, newest.environment)
        order by service desc, environment desc, registered_at desc, id desc limit 1
      ) as earlier
    )
    select newest.service, newest.environment, newest.body as deploy, latest.body as bake, latest.version, ${marksOf(sql`newest.id`)} as marks,
      to_jsonb(good) as good, to_jsonb(unverified) as unverified
    from newest
    join ${bakes} latest on latest.deploy_id = newest.id
    left join lateral ${good} as good on true
    left join lateral ${unverified} as unverified on true
    where ${inScope(place)}
    order by newest.service, newest.environment`,
  (row): ServiceSummary => {
    const { service, environment, good, unverified } = read(Place, row, 'place');
    const latest = toSummary(row);
    const target = good ?? unverified;
    const knownGood = latest.bake.state === 'passed' ? latest : target && toSummary(target);
    return { service, environment, latest, knownGood, ...(unverified && { isUnverified: true }) };
  },
);

const summaryOf = compile(selectSummaries(build, eq(deploys.id, slot('id'))), toSummary);

const AnyRecord = z.record(z.string(), z.unknown());
const Place = z.object({ service: z.string(), environment: z.string(), good: AnyRecord.nullable(), unverified: AnyRecord.nullable() });

const everywhere: Scope = [{ services: [], environments: [] }];

/** All services and environments in a scope, with their newest and their known-good deploy: `DeployCatalog.services`, `OverviewStore.placesIn`. */
export async function readServices(db: Database, scope: Scope = everywhere): Promise<readonly ServiceSummary[]> {
  const all = [...(await everyPlace(db, { scope: scopeText(scope) }))];
  for (const [i, { latest, ...rest }] of all.entries()) {
    // It was registered after the deploy that supersedes it.
    const later = latest.bake.state === 'superseded' ? await summaryOf(db, { id: latest.bake.by }) : [];
    if (later[0] !== undefined) all[i] = { ...rest, latest: later[0] };
  }
  return all;
}

// One step along the index for each environment: a plain `distinct` reads every deploy that the service ever had.
const environmentsOf = compile(
  sql`
    with recursive found as (
      select min(environment) as environment from ${deploys} where service = ${slot('service')}
      union all
      select (select min(environment) from ${deploys} where service = ${slot('service')} and environment > found.environment)
      from found where found.environment is not null
    )
    select environment from found where environment is not null`,
  ({ environment }) => String(environment),
);

/** The environments in which a service was deployed: `DeployCatalog.environments`. */
export async function readEnvironments(db: Database, service: string): Promise<readonly string[]> {
  return await environmentsOf(db, { service });
}
