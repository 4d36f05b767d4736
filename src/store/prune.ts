import type { PruneResult } from '../ports/store-maintenance.ts';
import type { Database } from './database.ts';
import { eq, sql } from './drizzle.ts';
import { bakes, histories, measurements } from './schema.ts';
import { compile, slot } from './statement.ts';

// One process of all replicas at a time; the others find nothing to do.
const tryLock = compile(sql`select pg_try_advisory_xact_lock(hashtextextended('retention', 0))`);

const takeOldest = compile(sql`
  select deploy_id from ${bakes}
  where next_at is null and (pruned_at is null or pruned_at < (body->>'at')::bigint) and (body->>'at')::bigint < ${slot('endedBefore')}
  order by (body->>'at')::bigint limit 1 for update skip locked`);

// The last answer of each check stays, for its words.
const deleteMeasurements = compile(sql`
  with kept as (
    select distinct on (phase, check_name) phase, check_name, window_to, answered from ${measurements} where bake_id = ${slot('id')}
    order by phase, check_name, at desc, window_to desc, answered desc
  ), gone as (
    delete from ${measurements} where bake_id = ${slot('id')}
    and (phase, check_name, window_to, answered) not in (select phase, check_name, window_to, answered from kept) returning 1
  )
  select count(*) from gone`);

const stripMeasurements = compile(sql`
  update ${measurements} set body = body || '{"ticks": null, "control": null}' where bake_id = ${slot('id')}`);

/** Deletes the ticks of the bake that ended first, or answers `null` where none is old enough: `Store.prune`. */
export async function prune(
  tx: Database,
  { endedBefore, at }: { readonly endedBefore: number; readonly at: number },
): Promise<PruneResult | null> {
  const [locked] = await tryLock(tx, {});
  const [row] = locked?.[0] === true ? await takeOldest(tx, { endedBefore }) : [];
  if (row === undefined) return null;
  const id = String(row[0]);
  const [gone] = await deleteMeasurements(tx, { id });
  await stripMeasurements(tx, { id });
  await tx.delete(histories).where(eq(histories.bakeId, id));
  await tx.update(bakes).set({ prunedAt: at }).where(eq(bakes.deployId, id));
  return { bakeId: id, measurements: Number(gone?.[0] ?? 0) };
}

/** When a bake's ticks were deleted: `Store.prunedAt`. */
export async function prunedAt(db: Database, bakeId: string): Promise<number | null> {
  const [row] = await db.select({ at: bakes.prunedAt }).from(bakes).where(eq(bakes.deployId, bakeId));
  return row?.at ?? null;
}
