import type { StateName } from '../core/bake/bake.ts';
import type { DeployRecord } from '../ports/bake-store.ts';
import type { DeployFilter, FingerprintMoment } from '../ports/deploy-catalog.ts';
import type { Database } from './database.ts';
import { and, count, desc, eq, isNotNull, sql } from './drizzle.ts';
import { bake, selectRecords, toRecord } from './record.ts';
import { bakes, deploys } from './schema.ts';

/** Lists deploys, newest first, page by page: `DeployCatalog.list`. */
export async function listDeploys(db: Database, filter: DeployFilter): Promise<readonly DeployRecord[]> {
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

/** Number of live bakes in each state: `DeployCatalog.countByState`. */
export async function countByState(db: Database): Promise<ReadonlyMap<StateName, number>> {
  const rows = await db
    // The column is only ever written from `Bake.state`.
    .select({ state: sql<StateName>`${bakes.state}`, count: count() })
    .from(bakes)
    .where(isNotNull(bakes.nextAt))
    .groupBy(bakes.state);
  return new Map(rows.map((row) => [row.state, row.count]));
}

/** `DeployCatalog.saveFingerprint`. */
export async function saveFingerprint(db: Database, deployId: string, fingerprint: string, moment: FingerprintMoment): Promise<void> {
  const isDeploy = eq(deploys.id, deployId);
  if (moment === 'deployed') await db.update(deploys).set({ firstFingerprint: fingerprint }).where(isDeploy);
  else if (moment === 'adopted') await db.update(deploys).set({ firstFingerprint: fingerprint, fingerprint }).where(isDeploy);
  else
    await db
      .update(deploys)
      .set({ fingerprint })
      .where(and(isDeploy, eq(deploys.firstFingerprint, fingerprint)));
}

/** `DeployCatalog.firstFingerprint`. */
export async function firstFingerprint(db: Database, deployId: string): Promise<string | null> {
  const [row] = await db.select({ fingerprint: deploys.firstFingerprint }).from(deploys).where(eq(deploys.id, deployId));
  return row?.fingerprint ?? null;
}
