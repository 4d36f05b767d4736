import { fileURLToPath } from 'node:url';
import { type Endpoint, openPool } from './database.ts';
import { migrate as apply, sql } from './drizzle.ts';
import { onDatabase } from './failures.ts';

const migrationsFolder = fileURLToPath(new URL('../../drizzle', import.meta.url));
const lockName = 'bakewatch migrations';

/** Migrates the schema to this version. If several replicas start at once, one migrates; the others wait and then have nothing to do. */
export async function migrate(endpoint: Endpoint): Promise<void> {
  const { db, close } = openPool(endpoint, 1);
  try {
    await onDatabase('migrate', async () => {
      await db.execute(sql`select pg_advisory_lock(hashtextextended(${lockName}, 0))`);
      await apply(db, { migrationsFolder, migrationsSchema: 'bakewatch_meta', migrationsTable: 'migrations' });
    });
  } finally {
    // The end of the session releases the lock.
    await close();
  }
}
