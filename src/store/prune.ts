import type { PruneResult } from '../ports/store-maintenance.ts';
import type { Database } from './database.ts';
import { and, asc, count, desc, eq, isNull, lt, notInArray, or, sql } from './drizzle.ts';
import { tryLock } from './locks.ts';
import { bakes, histories, measurements } from './schema.ts';

/** When a final bake ended. The expression of the index `bakes_prunable`. */
const endedAt = sql<number>`(${bakes.body}->>'at')::bigint`;

/**
 * Deletes the ticks of the bake that ended first, or returns `null` where none is old enough: `StoreMaintenance.prune`. Only one process of all replicas
 * prunes at a time; for the others there is nothing to do.
 */
export async function prune(
  tx: Database,
  { endedBefore, at }: { readonly endedBefore: number; readonly at: number },
): Promise<PruneResult | null> {
  const bakeId = (await tryLock(tx, 'retention')) ? await lockOldest(tx, endedBefore) : null;
  if (bakeId === null) return null;
  const deleted = await deleteMeasurements(tx, bakeId);
  const withoutTicks = sql`${measurements.body} || '{"ticks": null, "control": null}'`;
  await tx.update(measurements).set({ body: withoutTicks }).where(eq(measurements.bakeId, bakeId));
  await tx.delete(histories).where(eq(histories.bakeId, bakeId));
  await tx.update(bakes).set({ prunedAt: at }).where(eq(bakes.deployId, bakeId));
  return { bakeId, measurements: deleted };
}

async function lockOldest(tx: Database, endedBefore: number): Promise<string | null> {
  const isPrunable = and(isNull(bakes.nextAt), or(isNull(bakes.prunedAt), lt(bakes.prunedAt, endedAt)));
  const [row] = await tx
    .select({ id: bakes.deployId })
    .from(bakes)
    .where(and(isPrunable, lt(endedAt, endedBefore)))
    .orderBy(asc(endedAt))
    .limit(1)
    .for('update', { skipLocked: true });
  return row?.id ?? null;
}

/** Deletes all measurements but the last one of each check, whose words are still shown. Returns how many it deleted. */
async function deleteMeasurements(tx: Database, bakeId: string): Promise<number> {
  const { phase, check, windowTo, answered, at } = measurements;
  const kept = tx
    .selectDistinctOn([phase, check], { phase, check, windowTo, answered })
    .from(measurements)
    .where(eq(measurements.bakeId, bakeId))
    .orderBy(phase, check, desc(at), desc(windowTo), desc(answered));
  const deleted = tx.$with('deleted').as(
    tx
      .delete(measurements)
      .where(and(eq(measurements.bakeId, bakeId), notInArray(sql`(${phase}, ${check}, ${windowTo}, ${answered})`, kept)))
      .returning({ phase }),
  );
  const [row] = await tx.with(deleted).select({ count: count() }).from(deleted);
  return row?.count ?? 0;
}

/** When the ticks of a bake were deleted: `MeasurementStore.prunedAt`. */
export async function prunedAt(db: Database, bakeId: string): Promise<number | null> {
  const [row] = await db.select({ at: bakes.prunedAt }).from(bakes).where(eq(bakes.deployId, bakeId));
  return row?.at ?? null;
}
