import { eq, type SQL } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { DeployRecord } from '../ports/store.ts';
import type { Database } from './database.ts';
import { readBake, readDeploy } from './read-bake.ts';
import { readPlan, readRuleSet } from './read-rules.ts';
import { bakes, deploys } from './schema.ts';

/** The bakes under a name without a schema, which is the only one that `for update of` takes. */
export const bake = alias(bakes, 'bake');

type RecordRow = {
  readonly deploy: unknown;
  readonly bake: unknown;
  readonly version: number;
  readonly rules: unknown;
  readonly plan: unknown;
};

/** Parses one row of the columns that make a record. */
export function toRecord(row: RecordRow): DeployRecord {
  return {
    deploy: readDeploy(row.deploy),
    bake: readBake(row.bake),
    version: row.version,
    ruleSet: readRuleSet(row.rules),
    plan: readPlan(row.plan),
  };
}

/** Deploys joined with their bakes (as `bake`), to be narrowed further. */
export function selectRecords(db: Database, where: SQL | undefined) {
  const columns = { deploy: deploys.body, bake: bake.body, version: bake.version, rules: deploys.rules, plan: deploys.plan };
  return db.select(columns).from(bake).innerJoin(deploys, eq(deploys.id, bake.deployId)).where(where);
}

/** One record without a lock, or `null`. */
export async function findRecord(db: Database, id: string): Promise<DeployRecord | null> {
  const [row] = await selectRecords(db, eq(bake.deployId, id));
  return row ? toRecord(row) : null;
}
