import type { StateName } from '../core/bake/bake.ts';
import type { DeployRecord } from '../ports/bake-store.ts';
import type { DeployFilter, ServiceSummary } from '../ports/deploy-catalog.ts';
import type { Database } from './database.ts';
import { and, count, desc, eq, isNotNull, sql } from './drizzle.ts';
import { isKnownGood } from './facts.ts';
import { bake, buildRecords, listToRecord, recordWidth, selectRecords, toRecord } from './record.ts';
import { bakes, deploys } from './schema.ts';
import { compile, slot } from './statement.ts';

/** Newest first, page by page: `Store.list`. */
export async function list(db: Database, filter: DeployFilter): Promise<readonly DeployRecord[]> {
  const { before } = filter;
  const where = and(
    filter.service === undefined ? undefined : eq(deploys.service, filter.service),
    filter.environment === undefined ? undefined : eq(deploys.environment, filter.environment),
    filter.state === undefined ? undefined : eq(bake.state, filter.state),
    before && sql`(${deploys.registeredAt}, ${deploys.id}) < (${before.registeredAt}, ${sql.param(before.id, deploys.id)})`,
  );
  const rows = await selectRecords(db, where).orderBy(desc(deploys.registeredAt), desc(deploys.id)).limit(filter.limit);
  return rows.map(toRecord);
}

const newestFirst = [desc(deploys.registeredAt), desc(deploys.id)];
const place = { service: sql`place.service`, environment: sql`place.environment` };
const newestOfPlace = buildRecords(and(eq(deploys.service, place.service), eq(deploys.environment, place.environment)));
const everyPlace = compile(sql`
  select place.service, place.environment, latest.*, good.*
  from (select distinct service, environment from ${deploys}) as place
  cross join lateral ${newestOfPlace.orderBy(...newestFirst).limit(1)} as latest
  left join lateral ${buildRecords(isKnownGood(place, null))
    .orderBy(...newestFirst)
    .limit(1)} as good on true
  order by place.service, place.environment`);

/** Every service and environment with its newest and its known-good deploy: `Store.services`. */
export async function services(db: Database): Promise<readonly ServiceSummary[]> {
  const rows = await everyPlace(db, {});
  return rows.map(([service, environment, ...records]) => {
    const [latest, good] = [records.slice(0, recordWidth), records.slice(recordWidth)];
    const knownGood = good[0] === null ? null : listToRecord(good);
    return { service: String(service), environment: String(environment), latest: listToRecord(latest), knownGood };
  });
}

// One step along the index for each environment: a plain `distinct` reads every deploy that the service ever had.
const environmentsOf = compile(sql`
  with recursive found as (
    select min(environment) as environment from ${deploys} where service = ${slot('service')}
    union all
    select (select min(environment) from ${deploys} where service = ${slot('service')} and environment > found.environment)
    from found where found.environment is not null
  )
  select environment from found where environment is not null`);

/** Where a service was deployed: `Store.environments`. */
export async function readEnvironments(db: Database, service: string): Promise<readonly string[]> {
  return (await environmentsOf(db, { service })).map(([environment]) => String(environment));
}

/** Live bakes by state: `Store.countByState`. */
export async function countByState(db: Database): Promise<ReadonlyMap<StateName, number>> {
  const rows = await db
    // The column is only ever written from `Bake.state`.
    .select({ state: sql<StateName>`${bakes.state}`, count: count() })
    .from(bakes)
    .where(isNotNull(bakes.nextAt))
    .groupBy(bakes.state);
  return new Map(rows.map((row) => [row.state, row.count]));
}
