import type { Freeze } from '../core/bake/facts.ts';
import { type Database, lock } from './database.ts';
import { asc, eq, sql } from './drizzle.ts';
import { freezeLock, toFreeze } from './facts.ts';
import { freezes } from './schema.ts';
import { compile, slot } from './statement.ts';

/** Every freeze, the one for everywhere first: `Store.freezes`. */
export async function readFreezes(db: Database): Promise<readonly Freeze[]> {
  const rows = await db.select().from(freezes).orderBy(asc(freezes.service));
  return rows.map(toFreeze);
}

const lockShared = compile(sql`select pg_advisory_xact_lock_shared(hashtextextended(${slot('name')}, 0))`);

/** Held by every transaction that decides, to its end: a freeze that was acknowledged is seen by every decision after it. */
export async function shareFreezeLock(tx: Database): Promise<void> {
  await lockShared(tx, { name: freezeLock });
}

/**
 * Sets or replaces a freeze: `Store.setFreeze`. Waits for decisions under way, so that no rollback can be decided on the older facts once
 * this has returned.
 */
export async function setFreeze(tx: Database, freeze: Freeze): Promise<void> {
  const row = { ...freeze, service: freeze.service ?? '' };
  await lock(tx, freezeLock);
  await tx.insert(freezes).values(row).onConflictDoUpdate({ target: freezes.service, set: row });
}

/** Lifts a freeze, and says whether there was one: `Store.liftFreeze`. */
export async function liftFreeze(db: Database, service: string | null): Promise<boolean> {
  const rows = await db
    .delete(freezes)
    .where(eq(freezes.service, service ?? ''))
    .returning({ service: freezes.service });
  return rows.length > 0;
}
