import type { DeployRecord } from '../ports/bake-store.ts';
import type { Database } from './database.ts';
import { and, eq, isNotNull, sql } from './drizzle.ts';
import { listToRecord } from './record.ts';
import { bakes, deploys } from './schema.ts';
import { compile, slot } from './statement.ts';

type Claim = { readonly now: number; readonly leaseMs: number; readonly limit: number; readonly worker: string };

const takeDue = compile(sql`
  with due as (
    select deploy_id from ${bakes}
    where next_at is not null and next_at <= ${slot('now')} and (lease_until is null or lease_until <= ${slot('now')})
    order by next_at limit ${slot('limit')} for update skip locked
  ), taken as (
    update ${bakes} as bake set lease_by = ${slot('worker')}, lease_until = ${slot('until')} from due
    where bake.deploy_id = due.deploy_id returning bake.*
  )
  select deploy.body, taken.body, taken.version, deploy.rules, deploy.plan
  from taken join ${deploys} as deploy on deploy.id = taken.deploy_id order by taken.next_at`);

/** Takes due bakes for one worker; rows that another worker is just taking are skipped: `Store.claimDue`. */
export async function claimDue(db: Database, { now, leaseMs, limit, worker }: Claim): Promise<readonly DeployRecord[]> {
  const rows = await takeDue(db, { now, until: now + leaseMs, limit, worker });
  return rows.map(listToRecord);
}

/** Gives a worker's claims back untouched: `Store.releaseClaims`. */
export async function releaseClaims(db: Database, worker: string): Promise<void> {
  await db
    .update(bakes)
    .set({ leaseBy: null, leaseUntil: null })
    .where(and(isNotNull(bakes.nextAt), eq(bakes.leaseBy, worker)));
}

const soonest = compile(sql`select min(greatest(next_at, coalesce(lease_until, 0))) from ${bakes} where next_at is not null`);

/** When the next bake can be taken: one that is leased counts from the end of its lease. `Store.nextDueAt`. */
export async function nextDueAt(db: Database): Promise<number | null> {
  const [row] = await soonest(db, {});
  const at = row?.[0] ?? null;
  return at === null ? null : Number(at);
}
