import type { DeploySummary } from '../ports/bake-store.ts';
import type { DeployChange } from '../ports/change-journal.ts';
import type { Database } from './database.ts';
import { asc, gt, inArray, max } from './drizzle.ts';
import { bake, selectSummaries, toSummary } from './record.ts';
import { bakes, timeline } from './schema.ts';

/** `ChangeJournal.newestChange`. */
export async function newestChange(db: Database): Promise<number> {
  const [row] = await db.select({ place: max(timeline.id) }).from(timeline);
  return row?.place ?? 0;
}

/** `ChangeJournal.changesAfter`. */
export async function changesAfter(db: Database, place: number, limit: number): Promise<readonly DeployChange[]> {
  return await db
    .select({ place: timeline.id, deployId: timeline.bakeId })
    .from(timeline)
    .where(gt(timeline.id, place))
    .orderBy(asc(timeline.id))
    .limit(limit);
}

/** `ChangeJournal.versions`. */
export async function readVersions(db: Database, ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .select({ id: bakes.deployId, version: bakes.version })
    .from(bakes)
    .where(inArray(bakes.deployId, [...ids]));
  return new Map(rows.map(({ id, version }) => [id, version]));
}

/** `ChangeJournal.summaries`. */
export async function readSummaries(db: Database, ids: readonly string[]): Promise<readonly DeploySummary[]> {
  if (ids.length === 0) return [];
  return (await selectSummaries(db, inArray(bake.deployId, [...ids]))).map(toSummary);
}
