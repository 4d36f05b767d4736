import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';
import { openPool } from './database.ts';
import { migrate as apply } from './drizzle.ts';
import type { Endpoint } from './endpoint.ts';
import { onDatabase } from './failures.ts';
import { lock } from './locks.ts';

/** Where the migrations of this program are: in its package, whose code may be bundled into other files. */
export const migrationsFolder = join(dirname(findPackageJSON(import.meta.url) ?? '.'), 'drizzle');
const lockName = 'bakewatch migrations';

/** Migrates the schema to this version. If several replicas start at once, one migrates; the others wait and then have nothing to do. */
export async function migrate(endpoint: Endpoint): Promise<void> {
  const { transaction, close } = openPool(endpoint, { max: 1, statementMs: null });
  try {
    await onDatabase('migrate', () =>
      transaction(async (tx) => {
        await lock(tx, lockName);
        // drizzle begins and commits, too: PostgreSQL ignores its `begin` with a warning, and its `commit` is the one that counts.
        await apply(tx, { migrationsFolder, migrationsSchema: 'bakewatch_meta', migrationsTable: 'migrations' });
      }),
    );
  } finally {
    await close();
  }
}
