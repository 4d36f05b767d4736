import { type Freeze, isInForce } from '../core/bake/facts.ts';
import type { FreezeWrites } from '../ports/freeze-store.ts';
import { appendAudit } from './audit-trail.ts';
import type { QueueEffects } from './commit.ts';
import type { Database } from './database.ts';
import { asc, eq, gt, isNull, lte, or } from './drizzle.ts';
import { lockFreezes } from './locks.ts';
import { freezes } from './schema.ts';

/** The freezes in force at an instant, the one of all services first: `FreezeStore.freezes`. */
export async function readFreezes(db: Database, at: number): Promise<readonly Freeze[]> {
  const inForce = or(isNull(freezes.until), gt(freezes.until, at));
  const rows = await db.select().from(freezes).where(inForce).orderBy(asc(freezes.service));
  return rows.map(toFreeze);
}

/** The freeze of a row. The empty service stands for all services. */
export function toFreeze({ until, ...row }: typeof freezes.$inferSelect): Freeze {
  return { ...row, service: row.service === '' ? null : row.service, ...(until !== null && { until }) };
}

type FreezeTransaction = FreezeWrites & { readonly queue: QueueEffects };

/**
 * Sets or replaces a freeze: `FreezeStore.setFreeze`. Waits for running decisions, so that after its return no rollback is decided on facts without
 * this freeze.
 */
export async function setFreeze(tx: Database, freeze: Freeze, writes: FreezeTransaction): Promise<void> {
  const row = { ...freeze, service: freeze.service ?? '', until: freeze.until ?? null };
  await lockFreezes(tx);
  await tx.delete(freezes).where(lte(freezes.until, freeze.since));
  await tx.insert(freezes).values(row).onConflictDoUpdate({ target: freezes.service, set: row });
  await write(tx, writes);
}

/** Lifts a freeze and returns whether it was in force: `FreezeStore.liftFreeze`. */
export async function liftFreeze(
  tx: Database,
  { service, at, ...writes }: FreezeTransaction & { readonly service: string | null; readonly at: number },
): Promise<boolean> {
  const rows = await tx
    .delete(freezes)
    .where(eq(freezes.service, service ?? ''))
    .returning();
  const isLifted = rows.some((row) => isInForce(toFreeze(row), at));
  if (isLifted) await write(tx, writes);
  return isLifted;
}

async function write(tx: Database, { audit, effects = [], queue }: FreezeTransaction): Promise<void> {
  if (effects.length > 0) await queue(tx, effects);
  // Last, because all others wait for the lock of the chain.
  if (audit !== undefined) await appendAudit(tx, audit);
}
