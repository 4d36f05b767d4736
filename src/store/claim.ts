import { and, eq, inArray, isNotNull, isNull, lte, or, sql } from 'drizzle-orm';
import type { DeployRecord } from '../ports/store.ts';
import type { Database } from './database.ts';
import { toRecord } from './record.ts';
import { bakes, deploys } from './schema.ts';

type Claim = { readonly now: number; readonly leaseMs: number; readonly limit: number; readonly worker: string };

/** Takes due bakes for one worker; rows that another worker is just taking are skipped: `Store.claimDue`. */
export async function claimDue(db: Database, claim: Claim): Promise<readonly DeployRecord[]> {
  const isFree = or(isNull(bakes.leaseUntil), lte(bakes.leaseUntil, claim.now));
  const due = db
    .select({ id: bakes.deployId })
    .from(bakes)
    .where(and(isNotNull(bakes.nextAt), lte(bakes.nextAt, claim.now), isFree))
    .orderBy(bakes.nextAt)
    .limit(claim.limit)
    .for('update', { skipLocked: true });
  const rows = await db
    .update(bakes)
    .set({ leaseBy: claim.worker, leaseUntil: claim.now + claim.leaseMs })
    .from(deploys)
    .where(and(inArray(bakes.deployId, due), eq(deploys.id, bakes.deployId)))
    .returning({
      deploy: deploys.body,
      bake: bakes.body,
      version: bakes.version,
      rules: deploys.rules,
      plan: deploys.plan,
      nextAt: bakes.nextAt,
    });
  return rows.toSorted((a, b) => (a.nextAt ?? 0) - (b.nextAt ?? 0)).map(toRecord);
}

/** Gives a worker's claims back untouched: `Store.releaseClaims`. */
export async function releaseClaims(db: Database, worker: string): Promise<void> {
  await db
    .update(bakes)
    .set({ leaseBy: null, leaseUntil: null })
    .where(and(isNotNull(bakes.nextAt), eq(bakes.leaseBy, worker)));
}

/** When the next bake can be taken: one that is leased counts from the end of its lease. `Store.nextDueAt`. */
export async function nextDueAt(db: Database): Promise<number | null> {
  const [row] = await db
    .select({ at: sql<string | null>`min(greatest(${bakes.nextAt}, coalesce(${bakes.leaseUntil}, 0)))` })
    .from(bakes)
    .where(isNotNull(bakes.nextAt));
  return row?.at ? Number(row.at) : null;
}
