import type { Attempt } from '../ports/audit-log.ts';
import type { Database } from './database.ts';
import { and, asc, eq, isNull, sql } from './drizzle.ts';
import { lock } from './locks.ts';
import { attempts } from './schema.ts';

type Begin = { readonly orderId: string; readonly effectId: string; readonly bakeId: string; readonly at: number };
type End = { readonly orderId: string; readonly number: number; readonly at: number; readonly outcome: string; readonly output: string };

/** Numbers and records an attempt; the lock keeps two workers from taking one number: `Store.beginAttempt`. */
export async function beginAttempt(
  tx: Database,
  attempt: Begin,
): Promise<{ readonly number: number; readonly earlier: readonly Attempt[] }> {
  const { orderId, effectId, bakeId, at } = attempt;
  // Sent together, as a hook waits for them: the connection keeps their order, and each sees what was committed before the lock was had.
  const [, earlier, [begun]] = await Promise.all([
    lock(tx, `order ${orderId}`),
    tx.select().from(attempts).where(eq(attempts.orderId, orderId)).orderBy(asc(attempts.number)),
    tx
      .insert(attempts)
      .values({ orderId, number: nextNumber(tx, orderId), bakeId, effectId, startedAt: at, output: '' })
      .returning({ number: attempts.number }),
  ]);
  if (begun === undefined) throw new Error('an attempt was written and not answered');
  return { number: begun.number, earlier };
}

function nextNumber(tx: Database, orderId: string) {
  const number = sql<number>`coalesce(max(${attempts.number}), 0) + 1`;
  return sql<number>`${tx.select({ number }).from(attempts).where(eq(attempts.orderId, orderId))}`;
}

/** Keeps what an attempt under way printed: `Store.saveAttemptOutput`. */
export async function saveAttemptOutput(
  db: Database,
  { orderId, number, output }: Pick<End, 'orderId' | 'number' | 'output'>,
): Promise<void> {
  await db
    .update(attempts)
    .set({ output })
    .where(and(eq(attempts.orderId, orderId), eq(attempts.number, number), isNull(attempts.endedAt)));
}

/** Records how an attempt ended: `Store.endAttempt`. */
export async function endAttempt(db: Database, attempt: End): Promise<void> {
  const { orderId, number, at, outcome, output } = attempt;
  await db
    .update(attempts)
    .set({ endedAt: at, outcome, output })
    .where(and(eq(attempts.orderId, orderId), eq(attempts.number, number)));
}

/** Every attempt at a bake's orders, in the order of their start: `Store.attempts`. */
export async function readAttempts(db: Database, bakeId: string): Promise<readonly Attempt[]> {
  return db.select().from(attempts).where(eq(attempts.bakeId, bakeId)).orderBy(asc(attempts.startedAt), asc(attempts.number));
}
