import { z } from 'zod';
import type { ServiceSummary } from '../ports/deploy-catalog.ts';
import type { Database } from './database.ts';
import { and, sql } from './drizzle.ts';
import { isKnownGood, isUnverifiedTarget } from './known-good.ts';
import { read } from './read.ts';
import { selectSummaries, toSummary } from './record.ts';
import { deploys } from './schema.ts';
import { build, compile, slot } from './statement.ts';

const isOfPlace = sql`${deploys.service} = place.service and ${deploys.environment} = place.environment`;
const place = { service: sql`place.service`, environment: sql`place.environment` };
const newestFirst = sql`${deploys.registeredAt} desc, ${deploys.id} desc`;

const latest = selectSummaries(build, isOfPlace).orderBy(newestFirst).limit(1);
// The newest deploy of a place, where it passed, is its known-good one: no newer one can condemn it.
const good = selectSummaries(build, and(sql`latest.bake->>'state' <> 'passed'`, isKnownGood(place, null)))
  .orderBy(newestFirst)
  .limit(1);
// Read only where no deploy is verified.
const unverified = selectSummaries(
  build,
  and(sql`latest.bake->>'state' <> 'passed'`, sql`good.deploy is null`, isUnverifiedTarget(place, null)),
)
  .orderBy(newestFirst)
  .limit(1);

/** The table `place` of a recursive query: all places, by one step along an index for each. A plain `distinct` reads every deploy that there ever was. */
export const places = sql`
    place as (
      (select service, environment from ${deploys} order by service, environment limit 1)
      union all
      select later.service, later.environment from place cross join lateral (
        select service, environment from ${deploys} where (service, environment) > (place.service, place.environment)
        order by service, environment limit 1
      ) as later
    )`;

// Each record comes as one JSON object, because both have columns of the same names.
const everyPlace = compile(
  sql`
    with recursive ${places}
    select place.service, place.environment, to_jsonb(latest) as latest, to_jsonb(good) as good, to_jsonb(unverified) as unverified
    from place
    cross join lateral ${latest} as latest
    left join lateral ${good} as good on true
    left join lateral ${unverified} as unverified on true
    order by place.service, place.environment`,
  (row): ServiceSummary => {
    const { service, environment, latest, good, unverified } = read(Place, row, 'place');
    const newest = toSummary(latest);
    const target = good ?? unverified;
    const knownGood = newest.bake.state === 'passed' ? newest : target && toSummary(target);
    return { service, environment, latest: newest, knownGood, ...(unverified && { isUnverified: true }) };
  },
);

const AnyRecord = z.record(z.string(), z.unknown());
const Place = z.object({
  service: z.string(),
  environment: z.string(),
  latest: AnyRecord,
  good: AnyRecord.nullable(),
  unverified: AnyRecord.nullable(),
});

/** All services and environments with their newest and their known-good deploy: `DeployCatalog.services`. */
export async function readServices(db: Database): Promise<readonly ServiceSummary[]> {
  return await everyPlace(db, {});
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
