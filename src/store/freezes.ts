import type { Freeze } from '../core/bake/facts.ts';
import type { AuditEntry } from '../ports/audit-trail.ts';
import { appendAudit } from './audit-trail.ts';
import type { Database } from './database.ts';
import { asc, eq } from './drizzle.ts';
import { lockFreezes } from './locks.ts';
import { freezes } from './schema.ts';

/** All freezes, the one of all services first: `FreezeStore.freezes`. */
export async function readFreezes(db: Database): Promise<readonly Freeze[]> {
  const rows = await db.select().from(freezes).orderBy(asc(freezes.service));
  return rows.map(toFreeze);
}

/** The freeze of a row. The empty service stands for all services. */
export function toFreeze(row: typeof freezes.$inferSelect): Freeze {
  return { ...row, service: row.service === '' ? null : row.service };
}

/**
 * Sets or replaces a freeze: `FreezeStore.setFreeze`. Waits for running decisions, so that after its return no rollback is decided on facts without
 * this freeze.
 */
export async function setFreeze(tx: Database, freeze: Freeze, audit?: AuditEntry): Promise<void> {
  const row = { ...freeze, service: freeze.service ?? '' };
  await lockFreezes(tx);
  await tx.insert(freezes).values(row).onConflictDoUpdate({ target: freezes.service, set: row });
  if (audit !== undefined) await appendAudit(tx, audit);
}

/** Lifts a freeze and returns whether there was one: `FreezeStore.liftFreeze`. */
export async function liftFreeze(tx: Database, service: string | null, audit?: AuditEntry): Promise<boolean> {
  const rows = await tx
    .delete(freezes)
    .where(eq(freezes.service, service ?? ''))
    .returning({ service: freezes.service });
  if (rows.length > 0 && audit !== undefined) await appendAudit(tx, audit);
  return rows.length > 0;
}
