import type { DeployRecord } from '../ports/bake-store.ts';
import type { Database } from './database.ts';
import { alias, eq, QueryBuilder, type SQL } from './drizzle.ts';
import { readBake, readDeploy } from './read-bake.ts';
import { readPlan, readRuleSet } from './read-rules.ts';
import { bakes, deploys } from './schema.ts';

/** The bakes under a name without a schema, which is the only one that `for update of` takes. */
export const bake = alias(bakes, 'bake');

const recordColumns = { deploy: deploys.body, bake: bake.body, version: bake.version, rules: deploys.rules, plan: deploys.plan };

/** How many columns a record takes. */
export const recordWidth = Object.keys(recordColumns).length;

type RecordRow = {
  readonly deploy: unknown;
  readonly bake: unknown;
  readonly version: unknown;
  readonly rules: unknown;
  readonly plan: unknown;
};

/** Parses one row of the columns that make a record. */
export function toRecord(row: RecordRow): DeployRecord {
  return {
    deploy: readDeploy(row.deploy),
    bake: readBake(row.bake),
    version: Number(row.version),
    ruleSet: readRuleSet(row.rules),
    plan: readPlan(row.plan),
  };
}

/** The same of a compiled statement's row, whose columns come in the order of `buildRecords`. */
export function listToRecord([deploy, bakeBody, version, rules, plan]: readonly unknown[]): DeployRecord {
  return toRecord({ deploy, bake: bakeBody, version, rules, plan });
}

/** Deploys joined with their bakes (as `bake`), to be narrowed further. */
export function selectRecords(db: Database, where: SQL | undefined) {
  return db.select(recordColumns).from(bake).innerJoin(deploys, eq(deploys.id, bake.deployId)).where(where);
}

/** The same, to be compiled. */
export function buildRecords(where: SQL | undefined) {
  return new QueryBuilder().select(recordColumns).from(bake).innerJoin(deploys, eq(deploys.id, bake.deployId)).where(where);
}

/** One record without a lock, or `null`. */
export async function findRecord(db: Database, id: string): Promise<DeployRecord | null> {
  const [row] = await selectRecords(db, eq(bake.deployId, id));
  return row ? toRecord(row) : null;
}
