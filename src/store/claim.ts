import type { DeployRecord } from '../ports/bake-store.ts';
import type { Database } from './database.ts';
import { and, eq, inArray, isNotNull, isNull, lte, notInArray, or, sql } from './drizzle.ts';
import { toRecord } from './record.ts';
import { bakes, deploys } from './schema.ts';
import { build, compile, slot } from './statement.ts';

type Claim = { readonly now: number; readonly leaseMs: number; readonly limit: number; readonly worker: string };

const isDue = lte(bakes.nextAt, slot('now'));
const isFree = or(isNull(bakes.leaseUntil), lte(bakes.leaseUntil, slot('now')));

const due = build.$with('due').as(
  build
    .select({ id: bakes.deployId })
    .from(bakes)
    .where(and(isNotNull(bakes.nextAt), isDue, isFree))
    .orderBy(sql`(${bakes.nextAt} - ${bakes.headStartMs})`)
    .limit(sql.placeholder('limit'))
    .for('update', { skipLocked: true }),
);

const taken = build.$with('taken').as(
  build
    .update(bakes)
    .set({ leaseBy: slot('worker'), leaseUntil: slot('until') })
    .from(due)
    .where(eq(bakes.deployId, due.id))
    .returning({
      id: bakes.deployId,
      body: bakes.body,
      version: bakes.version,
      dueAt: sql`${bakes.nextAt} - ${bakes.headStartMs}`.as('due_at'),
    }),
);

const takeDue = compile(
  build
    .with(due, taken)
    .select({
      deploy: sql`${deploys.body}`.as('deploy'),
      bake: sql`${taken.body}`.as('bake'),
      version: taken.version,
      rules: deploys.rules,
      plan: deploys.plan,
    })
    .from(taken)
    .innerJoin(deploys, eq(deploys.id, taken.id))
    .orderBy(taken.dueAt),
  toRecord,
);

/** Claims due bakes for one worker, urgent ones first, and skips rows that another worker is just claiming: `BakeClaims.claimDue`. */
export async function claimDue(db: Database, { now, leaseMs, limit, worker }: Claim): Promise<readonly DeployRecord[]> {
  return await takeDue(db, { now, until: now + leaseMs, limit, worker });
}

type Renewal = { readonly worker: string; readonly bakeIds: readonly string[]; readonly until: number };

/** Extends leases: `BakeClaims.renewClaims`. */
export async function renewClaims(db: Database, { worker, bakeIds, until }: Renewal): Promise<void> {
  if (bakeIds.length === 0) return;
  await db
    .update(bakes)
    .set({ leaseUntil: until })
    .where(and(inArray(bakes.deployId, [...bakeIds]), isNotNull(bakes.nextAt), eq(bakes.leaseBy, worker)));
}

/** Ends the leases of a worker: `BakeClaims.releaseClaims`. */
export async function releaseClaims(db: Database, worker: string, except: readonly string[] = []): Promise<void> {
  await db
    .update(bakes)
    .set({ leaseBy: null, leaseUntil: null })
    .where(and(isNotNull(bakes.nextAt), eq(bakes.leaseBy, worker), notInArray(bakes.deployId, [...except])));
}

const claimableAt = sql`min(greatest(${bakes.nextAt}, coalesce(${bakes.leaseUntil}, 0)))`.as('at');
const soonest = compile(build.select({ at: claimableAt }).from(bakes).where(isNotNull(bakes.nextAt)), ({ at }) =>
  at === null ? null : Number(at),
);

/** When the next bake can be claimed; a leased bake counts from the end of its lease: `BakeClaims.nextDueAt`. */
export async function nextDueAt(db: Database): Promise<number | null> {
  const [at] = await soonest(db, {});
  return at ?? null;
}

const live = compile(
  build
    .select({ live: sql`count(*)`.as('live') })
    .from(bakes)
    .where(isNotNull(bakes.nextAt)),
  (row) => Number(row.live),
);

/** How many bakes are live: `BakeClaims.countLive`. */
export async function countLive(db: Database): Promise<number> {
  const [count] = await live(db, {});
  return count ?? 0;
}
