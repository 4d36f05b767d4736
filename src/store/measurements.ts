import type { Measurement } from '../core/judge/measurement.ts';
import type { Place } from '../ports/hook.ts';
import type { FrozenHistory, StoredPast } from '../ports/measurement-store.ts';
import type { Database } from './database.ts';
import { and, asc, desc, eq } from './drizzle.ts';
import { readCalibrations, readSightings, readStretch } from './read-measurement.ts';
import { readRuleSet } from './read-rules.ts';
import type { RowForm } from './row-form.ts';
import { deploys, histories, measurements } from './schema.ts';
import { unpackMeasurement } from './unpack-measurement.ts';

/** All measurements of a bake, oldest first: `MeasurementStore.measurements`. */
export async function readMeasurements(db: Database, bakeId: string): Promise<readonly Measurement[]> {
  const { phase, check, windowTo, at, body } = measurements;
  const rows = await db
    .select({ phase, check, windowTo, at, body })
    .from(measurements)
    .where(eq(measurements.bakeId, bakeId))
    .orderBy(asc(at), asc(windowTo), asc(check));
  const [deploy] = rows.length === 0 ? [] : await db.select({ rules: deploys.rules }).from(deploys).where(eq(deploys.id, bakeId));
  if (deploy === undefined) return [];
  const ruleSet = readRuleSet(deploy.rules);
  return rows.map((row) => unpackMeasurement(row, ruleSet));
}

type NewHistories = { readonly bakeId: string; readonly list: readonly FrozenHistory[]; readonly rows: RowForm };

/** Stores the history of each check that has none yet: `MeasurementStore.saveHistory`. */
export async function saveHistory(db: Database, { bakeId, list, rows: form }: NewHistories): Promise<void> {
  if (list.length === 0) return;
  const rows = list.map(({ sightings = [], stretch, ...history }) => ({
    bakeId,
    ...history,
    stretch: form.stretch(stretch),
    unmatched: sightings,
  }));
  await db.insert(histories).values(rows).onConflictDoNothing();
}

/** The frozen histories of the checks of a bake: `MeasurementStore.histories`. */
export async function readHistories(db: Database, bakeId: string): Promise<readonly FrozenHistory[]> {
  const rows = await db.select().from(histories).where(eq(histories.bakeId, bakeId)).orderBy(asc(histories.check));
  return rows.map((row) => ({
    check: row.check,
    stretch: readStretch(row.stretch),
    source: row.source,
    calibrations: readCalibrations(row.calibrations),
    ...sightingsOf(row.unmatched),
  }));
}

/** The past of the newest deploy of a place that asked the same question: `MeasurementStore.newestHistory`. */
export async function newestHistory(
  db: Database,
  { service, environment }: Place,
  { check, source }: Pick<FrozenHistory, 'check' | 'source'>,
): Promise<StoredPast | null> {
  const [row] = await db
    .select({ stretch: histories.stretch, unmatched: histories.unmatched })
    .from(histories)
    .innerJoin(deploys, eq(deploys.id, histories.bakeId))
    .where(
      and(eq(deploys.service, service), eq(deploys.environment, environment), eq(histories.check, check), eq(histories.source, source)),
    )
    .orderBy(desc(deploys.registeredAt), desc(deploys.id))
    .limit(1);
  return row === undefined ? null : { stretch: readStretch(row.stretch), ...sightingsOf(row.unmatched) };
}

function sightingsOf(value: unknown): Pick<FrozenHistory, 'sightings'> {
  const sightings = readSightings(value);
  return sightings.length === 0 ? {} : { sightings };
}
