import type { DeployRecord, DeploySummary } from '../ports/bake-store.ts';
import type { Database } from './database.ts';
import { alias, eq, type NodePgDatabase, type SQL, sql } from './drizzle.ts';
import { readBake, readDeploy } from './read-bake.ts';
import { readMarks } from './read-marks.ts';
import { readPlan, readRuleSet } from './read-rules.ts';
import { bakes, deploys, marks } from './schema.ts';
import { build, compile, type StatementRow, slot } from './statement.ts';

/** The bakes under a name without a schema: `for update of` accepts no other. */
export const bake = alias(bakes, 'bake');

/** Each column has its own name, because a compiled statement returns rows by column names. */
const summaryColumns = {
  deploy: sql<unknown>`${deploys.body}`.as('deploy'),
  bake: sql<unknown>`${bake.body}`.as('bake'),
  version: sql<unknown>`${bake.version}`.as('version'),
  marks: sql<unknown>`${marksOf(sql`${deploys.id}`)}`.as('marks'),
};

const recordColumns = {
  ...summaryColumns,
  rules: sql<unknown>`${deploys.rules}`.as('rules'),
  plan: sql<unknown>`${deploys.plan}`.as('plan'),
};

/** The marks of a deploy as a list in JSON, or `null`: a subquery. */
export function marksOf(deployId: SQL): SQL {
  return sql`(
    select jsonb_agg(jsonb_build_object('kind', ${marks.kind}, 'by', ${marks.by}, 'why', ${marks.why}, 'at', ${marks.at}) order by ${marks.kind})
    from ${marks} where ${marks.deployId} = ${deployId})`;
}

/** Parses a row of `selectRecords`. */
export function toRecord(row: StatementRow): DeployRecord {
  return { ...toSummary(row), ruleSet: readRuleSet(row.rules), plan: readPlan(row.plan) };
}

/** Parses a row of `selectSummaries`. */
export function toSummary(row: StatementRow): DeploySummary {
  return {
    deploy: readDeploy(row.deploy),
    bake: readBake(row.bake),
    version: Number(row.version),
    ...(row.marks != null && { marks: readMarks(row.marks) }),
  };
}

/** Selects deploys joined with their bakes (as `bake`). */
export function selectRecords(db: NodePgDatabase, where: SQL | undefined) {
  return db.select(recordColumns).from(bake).innerJoin(deploys, eq(deploys.id, bake.deployId)).where(where);
}

/** The same without the rules and the plan: most of a row is these. */
export function selectSummaries(db: NodePgDatabase, where: SQL | undefined) {
  return db.select(summaryColumns).from(bake).innerJoin(deploys, eq(deploys.id, bake.deployId)).where(where);
}

const recordById = compile(selectRecords(build, eq(bake.deployId, slot('id'))), toRecord);

/** Reads one record without a lock, or `null`. */
export async function findRecord(db: Database, id: string): Promise<DeployRecord | null> {
  const [record] = await recordById(db, { id });
  return record ?? null;
}
