import type { TimelineEntry } from '../core/decide.ts';
import type { Measurement } from '../core/measurement.ts';
import type { FrozenHistory } from '../ports/store.ts';
import type { Database } from './database.ts';
import { asc, eq } from './drizzle.ts';
import { readCalibrations, readMeasurement, readStretch } from './read-measurement.ts';
import { histories, measurements, timeline } from './schema.ts';

/** All measurements of a bake, oldest first: `Store.measurements`. */
export async function readMeasurements(db: Database, bakeId: string): Promise<readonly Measurement[]> {
  const rows = await db
    .select({ body: measurements.body })
    .from(measurements)
    .where(eq(measurements.bakeId, bakeId))
    .orderBy(asc(measurements.at), asc(measurements.windowTo), asc(measurements.check));
  return rows.map((row) => readMeasurement(row.body));
}

/** Keeps each check's history unless one is there already: `Store.saveHistory`. */
export async function saveHistory(db: Database, bakeId: string, list: readonly FrozenHistory[]): Promise<void> {
  if (list.length === 0) return;
  const rows = list.map((history) => ({ bakeId, ...history }));
  await db.insert(histories).values(rows).onConflictDoNothing();
}

/** The frozen histories of a bake's checks: `Store.histories`. */
export async function readHistories(db: Database, bakeId: string): Promise<readonly FrozenHistory[]> {
  const rows = await db.select().from(histories).where(eq(histories.bakeId, bakeId)).orderBy(asc(histories.check));
  return rows.map((row) => ({ check: row.check, stretch: readStretch(row.stretch), calibrations: readCalibrations(row.calibrations) }));
}

/** A deploy's story in the order in which it was written: `Store.timeline`. */
export async function readTimeline(db: Database, bakeId: string): Promise<readonly TimelineEntry[]> {
  const rows = await db.select().from(timeline).where(eq(timeline.bakeId, bakeId)).orderBy(asc(timeline.id));
  return rows.map(({ at, kind, by, text, detail }) => ({ at, kind, by, text, ...(detail !== null && { detail }) }));
}
