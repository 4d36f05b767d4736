import type { TimelineEntry } from '../core/bake/narrate.ts';
import type { Attempt } from '../ports/audit-log.ts';
import type { Database } from './database.ts';
import { and, asc, eq, isNull, sql } from './drizzle.ts';
import { lock } from './locks.ts';
import { attempts, timeline } from './schema.ts';

type Begin = { readonly orderId: string; readonly effectId: string; readonly bakeId: string; readonly at: number };
type End = { readonly orderId: string; readonly number: number; readonly at: number; readonly outcome: string; readonly output: string };

/** Numbers and records an attempt. The lock prevents two workers from taking the same number: `AuditLog.beginAttempt`. */
export async function beginAttempt(
  tx: Database,
  attempt: Begin,
): Promise<{ readonly number: number; readonly earlier: readonly Attempt[] }> {
  const { orderId, effectId, bakeId, at } = attempt;
  // Sent together, because a hook waits for them. The connection keeps their order, and each sees what was committed before the lock was taken.
  const [, earlier, [inserted]] = await Promise.all([
    lock(tx, `order ${orderId}`),
    tx.select().from(attempts).where(eq(attempts.orderId, orderId)).orderBy(asc(attempts.number)),
    tx
      .insert(attempts)
      .values({ orderId, number: nextNumber(tx, orderId), bakeId, effectId, startedAt: at, output: '' })
      .returning({ number: attempts.number }),
  ]);
  if (inserted === undefined) throw new Error('the insert of an attempt returned no row');
  return { number: inserted.number, earlier };
}

function nextNumber(tx: Database, orderId: string) {
  const number = sql<number>`coalesce(max(${attempts.number}), 0) + 1`;
  return sql<number>`${tx.select({ number }).from(attempts).where(eq(attempts.orderId, orderId))}`;
}

/** Stores what a running attempt has printed: `AuditLog.saveAttemptOutput`. */
export async function saveAttemptOutput(
  db: Database,
  { orderId, number, output }: Pick<End, 'orderId' | 'number' | 'output'>,
): Promise<void> {
  await db
    .update(attempts)
    .set({ output })
    .where(and(eq(attempts.orderId, orderId), eq(attempts.number, number), isNull(attempts.endedAt)));
}

/** Records how an attempt ended: `AuditLog.endAttempt`. */
export async function endAttempt(db: Database, attempt: End): Promise<void> {
  const { orderId, number, at, outcome, output } = attempt;
  await db
    .update(attempts)
    .set({ endedAt: at, outcome, output })
    .where(and(eq(attempts.orderId, orderId), eq(attempts.number, number)));
}

/** All attempts at the orders of a bake, in the order of their start: `AuditLog.attempts`. */
export async function readAttempts(db: Database, bakeId: string): Promise<readonly Attempt[]> {
  return db.select().from(attempts).where(eq(attempts.bakeId, bakeId)).orderBy(asc(attempts.startedAt), asc(attempts.number));
}

/** The timeline of a deploy, in the order of writing: `AuditLog.timeline`. */
export async function readTimeline(db: Database, bakeId: string): Promise<readonly TimelineEntry[]> {
  const rows = await db.select().from(timeline).where(eq(timeline.bakeId, bakeId)).orderBy(asc(timeline.id));
  return rows.map(({ at, kind, by, text, detail }) => ({ at, kind, by, text, ...(detail !== null && { detail }) }));
}
