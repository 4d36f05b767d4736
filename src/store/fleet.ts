import type { Database } from './database.ts';
import { eq, gte, lt, sql } from './drizzle.ts';
import { replicas } from './schema.ts';

type Beat = { readonly id: string; readonly now: number; readonly aliveSince: number };

/** Writes the row of a server and counts those that are alive: `Fleet.beat`. */
export async function beat(db: Database, { id, now, aliveSince }: Beat): Promise<number> {
  await db
    .insert(replicas)
    .values({ id, seenAt: now })
    .onConflictDoUpdate({ target: replicas.id, set: { seenAt: now } });
  await db.delete(replicas).where(lt(replicas.seenAt, aliveSince));
  const [row] = await db.select({ count: sql<unknown>`count(*)` }).from(replicas).where(gte(replicas.seenAt, aliveSince));
  return Number(row?.count ?? 1);
}

/** Deletes the row of a server: `Fleet.leave`. */
export async function leave(db: Database, id: string): Promise<void> {
  await db.delete(replicas).where(eq(replicas.id, id));
}
