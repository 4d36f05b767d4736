import { z } from 'zod';
import type { ServiceSummary } from '../ports/deploy-catalog.ts';
import type { Database } from './database.ts';
import { sql } from './drizzle.ts';
import { isKnownGood } from './known-good.ts';
import { read } from './read.ts';
import { selectRecords, toRecord } from './record.ts';
import { deploys } from './schema.ts';
import { build, compile, slot } from './statement.ts';

const isOfPlace = sql`${deploys.service} = place.service and ${deploys.environment} = place.environment`;
const isTarget = isKnownGood({ service: sql`place.service`, environment: sql`place.environment` }, null);
const newestFirst = sql`${deploys.registeredAt} desc, ${deploys.id} desc`;

const latest = selectRecords(build, isOfPlace).orderBy(newestFirst).limit(1);
const good = selectRecords(build, isTarget).orderBy(newestFirst).limit(1);

// Each record comes as one JSON object, because both have columns of the same names.
const everyPlace = compile(
  sql`
    select place.service, place.environment, to_jsonb(latest) as latest, to_jsonb(good) as good
    from (select distinct service, environment from ${deploys}) as place
    cross join lateral ${latest} as latest
    left join lateral ${good} as good on true
    order by place.service, place.environment`,
  (row): ServiceSummary => {
    const { service, environment, latest, good } = read(Place, row, 'place');
    return { service, environment, latest: toRecord(latest), knownGood: good && toRecord(good) };
  },
);

const AnyRecord = z.record(z.string(), z.unknown());
const Place = z.object({ service: z.string(), environment: z.string(), latest: AnyRecord, good: AnyRecord.nullable() });

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
