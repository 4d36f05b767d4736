import { fileURLToPath } from 'node:url';
import { type Endpoint, openPool } from './database.ts';
import { migrate as apply, sql } from './drizzle.ts';
import { reaching } from './failures.ts';

const migrationsFolder = fileURLToPath(new URL('../../drizzle', import.meta.url));
const lockName = 'bakewatch migrations';

/** Brings the schema up to date. Several replicas may start at once: one migrates, the others wait for it and find nothing to do. */
export async function migrate(endpoint: Endpoint): Promise<void> {
  const { db, close } = openPool(endpoint, 1);
  try {
    await reaching('migrate', async () => {
      await db.execute(sql`select pg_advisory_lock(hashtextextended(${lockName}, 0))`);
      await apply(db, { migrationsFolder, migrationsSchema: 'bakewatch_meta', migrationsTable: 'migrations' });
    });
  } finally {
    // The session's end also gives the lock back.
    await close();
  }
}
