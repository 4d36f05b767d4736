import { and, count, desc, eq, isNotNull, sql } from 'drizzle-orm';
import type { StateName } from '../core/bake.ts';
import type { DeployFilter, DeployRecord, ServiceSummary } from '../ports/store.ts';
import type { Database } from './database.ts';
import { selectKnownGood } from './facts.ts';
import { bake, selectRecords, toRecord } from './record.ts';
import { bakes, deploys } from './schema.ts';

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

/** Every service and environment with its newest and its known-good deploy: `Store.services`. */
export async function services(db: Database): Promise<readonly ServiceSummary[]> {
  const places = await db
    .selectDistinct({ service: deploys.service, environment: deploys.environment })
    .from(deploys)
    .orderBy(deploys.service, deploys.environment);
  const summaries = await Promise.all(places.map((place) => summarize(db, place)));
  return summaries.filter((summary) => summary !== null);
}

async function summarize(db: Database, place: { readonly service: string; readonly environment: string }): Promise<ServiceSummary | null> {
  const [[latest], [knownGood]] = await Promise.all([list(db, { ...place, limit: 1 }), selectKnownGood(db, place)]);
  return latest ? { ...place, latest, knownGood: knownGood ? toRecord(knownGood) : null } : null;
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
