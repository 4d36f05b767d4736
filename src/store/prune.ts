import type { Deletions } from '../ports/measurement-store.ts';
import type { Prunable, PruneRequest, PruneResult } from '../ports/store-maintenance.ts';
import type { Database } from './database.ts';
import { type SQL, sql } from './drizzle.ts';
import { tryLock } from './locks.ts';
import { findOldDeploys } from './old-deploys.ts';
import { attempts, bakes, deliveries, deploys, heldNotices, histories, marks, measurements, timeline } from './schema.ts';

/** Deletes what is too old of a batch of bakes: `StoreMaintenance.prune`. Only one process of all replicas prunes at a time. */
export async function prune(tx: Database, request: PruneRequest): Promise<PruneResult | null> {
  if (!(await tryLock(tx, 'retention'))) return null;
  const { find, remove } = deletionOf[request.what];
  const { rows } = await tx.execute<{ id: string }>(find(request));
  if (rows.length === 0) return null;
  const bakeIds = rows.map(({ id }) => id);
  return { bakeIds, measurements: await remove(tx, bakeIds, request.at) };
}

/** How the bakes of a batch are found, oldest first, and what is deleted of them. */
type Deletion = {
  readonly find: (request: PruneRequest) => SQL;
  /** Returns the number of deleted measurements. */
  readonly remove: (tx: Database, bakeIds: readonly string[], at: number) => Promise<number>;
};

const deletionOf: Readonly<Record<Prunable, Deletion>> = {
  pasts: { find: findOldPasts, remove: removePasts },
  measurements: { find: findOldMeasurements, remove: removeMeasurements },
  deploys: { find: findOldDeploys, remove: removeDeploys },
};

// By the index `bakes_past_prunable`. The next deploy of a place goes on from the past of the newest one.
function findOldPasts({ endedBefore, limit }: PruneRequest): SQL {
  return sql`
    select bake.deploy_id as id from ${bakes} bake join ${deploys} d on d.id = bake.deploy_id
    where bake.next_at is null and coalesce(greatest(bake.pruned_at, bake.past_pruned_at), 0) < (bake.body->>'at')::bigint
      and (bake.body->>'at')::bigint < ${endedBefore}
      and exists (
        select 1 from ${deploys} newer where newer.service = d.service and newer.environment = d.environment
          and (newer.registered_at, newer.id) > (d.registered_at, d.id))
    order by (bake.body->>'at')::bigint limit ${limit} for update of bake skip locked`;
}

// A row without a past stays: it is small, and says that the provider had no data.
async function removePasts(tx: Database, bakeIds: readonly string[], at: number): Promise<number> {
  await tx.execute(sql`
    with lost as (
      delete from ${histories} where bake_id in ${bakeIds} and jsonb_typeof(stretch) = 'object' returning bake_id
    )
    update ${bakes} set past_pruned_at = case when deploy_id in (select bake_id from lost) then ${at}::bigint else (body->>'at')::bigint end
    where deploy_id in ${bakeIds}`);
  return 0;
}

// By the index `bakes_prunable`.
function findOldMeasurements({ endedBefore, limit }: PruneRequest): SQL {
  return sql`
    select deploy_id as id from ${bakes}
    where next_at is null and (pruned_at is null or pruned_at < (body->>'at')::bigint) and (body->>'at')::bigint < ${endedBefore}
    order by (body->>'at')::bigint limit ${limit} for update skip locked`;
}

// The last measurement of each check stays, without its ticks: its words are still shown.
async function removeMeasurements(tx: Database, bakeIds: readonly string[], at: number): Promise<number> {
  const { rows } = await tx.execute<{ count: string }>(sql`
    with last as (
      select distinct on (bake_id, phase, check_name) bake_id, phase, check_name, window_to, answered from ${measurements}
      where bake_id in ${bakeIds} order by bake_id, phase, check_name, at desc, window_to desc, answered desc
    ), deleted as (
      delete from ${measurements} where bake_id in ${bakeIds}
        and (bake_id, phase, check_name, window_to, answered) not in (select bake_id, phase, check_name, window_to, answered from last)
      returning 1
    )
    select count(*) from deleted`);
  await tx.execute(sql`update ${measurements} set body = body || '{"ticks": null, "control": null}' where bake_id in ${bakeIds}`);
  for (const table of [histories, deliveries, heldNotices]) await tx.execute(sql`delete from ${table} where bake_id in ${bakeIds}`);
  await tx.execute(sql`update ${bakes} set pruned_at = ${at} where deploy_id in ${bakeIds}`);
  return Number(rows[0]?.count ?? 0);
}

async function removeDeploys(tx: Database, bakeIds: readonly string[]): Promise<number> {
  const { rowCount } = await tx.execute(sql`delete from ${measurements} where bake_id in ${bakeIds}`);
  for (const table of [histories, deliveries, heldNotices, attempts, timeline])
    await tx.execute(sql`delete from ${table} where bake_id in ${bakeIds}`);
  for (const table of [marks, bakes]) await tx.execute(sql`delete from ${table} where deploy_id in ${bakeIds}`);
  await tx.execute(sql`delete from ${deploys} where id in ${bakeIds}`);
  return rowCount ?? 0;
}

/** When the ticks and the pasts of a bake were deleted: `MeasurementStore.deletions`. */
export async function readDeletions(db: Database, bakeId: string): Promise<Deletions> {
  const { rows } = await db.execute<{ pruned: string | null; past: string | null; ended: string | null }>(
    sql`select pruned_at as pruned, past_pruned_at as past, body->>'at' as ended from ${bakes} where deploy_id = ${bakeId}`,
  );
  const { pruned = null, past = null, ended = null } = rows[0] ?? {};
  return {
    measurements: pruned === null ? null : Number(pruned),
    pasts: past === null || past === ended ? null : Number(past),
  };
}
