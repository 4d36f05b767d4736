import { eq, type SQL } from 'drizzle-orm';
import type { DeployRecord } from '../ports/store.ts';
import type { Database } from './database.ts';
import { readBake, readDeploy } from './read-bake.ts';
import { readPlan, readRuleSet } from './read-rules.ts';
import { bakes, deploys } from './schema.ts';

/** The columns that make a `DeployRecord`. */
export const recordColumns = { deploy: deploys.body, bake: bakes.body, version: bakes.version, rules: deploys.rules, plan: deploys.plan };

type RecordRow = {
  readonly deploy: unknown;
  readonly bake: unknown;
  readonly version: number;
  readonly rules: unknown;
  readonly plan: unknown;
};

/** Parses one row of `recordColumns`. */
export function toRecord(row: RecordRow): DeployRecord {
  return {
    deploy: readDeploy(row.deploy),
    bake: readBake(row.bake),
    version: row.version,
    ruleSet: readRuleSet(row.rules),
    plan: readPlan(row.plan),
  };
}

/** Deploys joined with their bakes, to be narrowed further. */
export function selectRecords(db: Database, where: SQL | undefined) {
  return db.select(recordColumns).from(bakes).innerJoin(deploys, eq(deploys.id, bakes.deployId)).where(where);
}

/** One record without a lock, or `null`. */
export async function findRecord(db: Database, id: string): Promise<DeployRecord | null> {
  const [row] = await selectRecords(db, eq(bakes.deployId, id));
  return row ? toRecord(row) : null;
}
