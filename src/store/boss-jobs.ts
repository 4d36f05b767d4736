import type { Database } from './database.ts';
import { and, boolean, eq, inArray, integer, lt, pgSchema, sql, text } from './drizzle.ts';
import { type EffectKind, effectKinds, gaveUpQueue, queueSchema } from './queues.ts';

/**
 * The columns of pg-boss's own table that are used here, because its API has no call for it. `test/store/internals.test.ts` compares them with the real
 * table. `state` is an enum in the order of a job's life.
 */
export const bossJobs = pgSchema(queueSchema).table('job', {
  id: text('id').notNull(),
  name: text('name').notNull(),
  state: text('state').notNull(),
  data: text('data').notNull(),
  retryDelay: integer('retry_delay').notNull(),
  retryBackoff: boolean('retry_backoff').notNull(),
  startAfter: text('start_after').notNull(),
  createdOn: text('created_on').notNull(),
  sourceCreatedOn: text('source_created_on'),
});

/** How a job waits for its next try: `delay` seconds, which double with every try where it `grows`. */
export type RetryPause = { readonly delay: number; readonly grows: boolean };

/** Sets how a job waits once it fails. pg-boss reads it when its handler has thrown. */
export async function setRetryPause(
  db: Database,
  job: { readonly kind: EffectKind; readonly id: string },
  pause: RetryPause,
): Promise<void> {
  await db
    .update(bossJobs)
    .set({ retryDelay: pause.delay, retryBackoff: pause.grows })
    .where(and(eq(bossJobs.name, job.kind), eq(bossJobs.id, job.id)));
}

/** Age in milliseconds of the oldest effect that is not performed yet; 0 without such an effect. A digest counts from the instant at which it is due. */
export async function oldestJobAge(db: Database): Promise<number> {
  // The clock of the database, which stamped the jobs.
  const now = sql`extract(epoch from clock_timestamp()) * 1000`;
  const createdAt = sql`extract(epoch from coalesce(${bossJobs.sourceCreatedOn}, ${bossJobs.createdOn})) * 1000`;
  const dueAt = sql`(${bossJobs.data}->'effect'->>'at')::bigint`;
  const [row] = await db
    .select({ age: sql<string | null>`${now} - min(greatest(${createdAt}, ${dueAt}))` })
    .from(bossJobs)
    .where(and(inArray(bossJobs.name, [...effectKinds, gaveUpQueue]), lt(bossJobs.state, 'completed')));
  return Math.max(0, Math.round(Number(row?.age ?? 0)));
}

/** The ids of the jobs that are being performed, by the names of their queues. */
export async function takenJobs(db: Database): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await db
    .select({ name: bossJobs.name, id: bossJobs.id })
    .from(bossJobs)
    .where(and(inArray(bossJobs.name, [...effectKinds, gaveUpQueue]), eq(bossJobs.state, 'active')));
  return new Map([...Map.groupBy(rows, ({ name }) => name)].map(([name, jobs]) => [name, jobs.map(({ id }) => id)]));
}

/** Lets jobs that wait for their next try have it now. */
export async function endRetryPause(db: Database, ids: readonly string[]): Promise<void> {
  await db
    .update(bossJobs)
    .set({ startAfter: sql`now()` })
    .where(and(inArray(bossJobs.id, [...ids]), eq(bossJobs.state, 'retry')));
}
