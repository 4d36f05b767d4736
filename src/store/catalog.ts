import type { StateName } from '../core/bake/bake.ts';
import type { DeploySummary } from '../ports/bake-store.ts';
import type { DeployFilter, FingerprintMoment } from '../ports/deploy-catalog.ts';
import type { Database } from './database.ts';
import { and, count, desc, eq, inArray, isNotNull, or, type SQLWrapper, sql } from './drizzle.ts';
import { bake, selectSummaries, toSummary } from './record.ts';
import { bakes, deploys } from './schema.ts';
import { isWithin } from './scope.ts';
import { build, compile, slot } from './statement.ts';
import { storableText } from './storable.ts';

/** The order of a list, by two tables that agree: a bake begins when its deploy is registered. The state is only with the bake, so its index is there. */
const byDeploy = { service: deploys.service, environment: deploys.environment, at: deploys.registeredAt, id: deploys.id };
const byBake = { service: bake.service, environment: bake.environment, at: sql`(${bake.body}->>'begunAt')::bigint`, id: bake.deployId };

/** Lists deploys, newest first, page by page: `DeployCatalog.list`. */
export async function listDeploys(db: Database, filter: DeployFilter): Promise<readonly DeploySummary[]> {
  const { before, since, until } = filter;
  const states = [filter.state ?? []].flat();
  // Only for a single state does the index have the order of the list.
  const by = states.length === 1 ? byBake : byDeploy;
  const where = and(
    filter.service === undefined ? undefined : eq(by.service, filter.service),
    filter.environment === undefined ? undefined : eq(by.environment, filter.environment),
    states.length === 0 ? undefined : inArray(bake.state, states),
    filter.scope && isWithin(filter.scope, by),
    filter.version === undefined ? undefined : eq(deploys.version, filter.version),
    filter.commit === undefined ? undefined : sql`starts_with(${commit}, ${storableText(filter.commit)})`,
    filter.buildId === undefined ? undefined : sql`${deploys.body}->>'buildId' = ${sql.param(filter.buildId, deploys.version)}`,
    since === undefined ? undefined : sql`${by.at} >= ${since}::bigint`,
    until === undefined ? undefined : sql`${by.at} < ${until}::bigint`,
    filter.text === undefined ? undefined : hasText(storableText(filter.text)),
    before && sql`(${by.at}, ${by.id}) < (${before.registeredAt}, ${sql.param(before.id, deploys.id)})`,
  );
  const rows = await selectSummaries(db, where).orderBy(desc(by.at), desc(by.id)).limit(filter.limit);
  return rows.map(toSummary);
}

const commit = sql`${deploys.body}->'release'->>'commit'`;

function hasText(text: string) {
  const has = (column: SQLWrapper) => sql`position(lower(${text}) in lower(${column})) > 0`;
  const by = sql`${deploys.body}->>'registeredBy'`;
  return or(has(deploys.service), has(deploys.version), has(by), sql`starts_with(lower(${commit}), lower(${text}))`);
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

const fingerprintOf = compile(
  build
    .select({ fingerprint: deploys.firstFingerprint })
    .from(deploys)
    .where(eq(deploys.id, slot('id'))),
  ({ first_fingerprint: fingerprint }) => (fingerprint === null ? null : String(fingerprint)),
);

/** `DeployCatalog.firstFingerprint`. */
export async function firstFingerprint(db: Database, deployId: string): Promise<string | null> {
  const [fingerprint] = await fingerprintOf(db, { id: deployId });
  return fingerprint ?? null;
}
