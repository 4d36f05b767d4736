import { openPool } from '../../src/store/database.ts';
import { sql } from '../../src/store/drizzle.ts';
import { parseDatabaseUrl } from '../../src/store/endpoint.ts';

/** Rows that wait for something that never comes, once all bakes are over and all effects performed. */
const stuck = {
  bakes: `select deploy_id as what from bakewatch.bakes where next_at is not null or lease_by is not null`,
  effects: `select name || ' ' || state || ' ' || data::text as what from bakewatch_queue.job where state < 'completed'`,
  // The attempt at a shift that is given up after a minute stays without an end; nothing waits for it.
  attempts: `select order_id as what from bakewatch.attempts a where outcome is null and order_id not like '%:shift:%'
    and not exists (select from bakewatch.attempts b where b.order_id = a.order_id and b.number > a.number)`,
  deliveries: `select bake_id || ' ' || notifier as what from bakewatch.deliveries where not arrived`,
  held: `select bake_id || ' ' || notifier as what from bakewatch.held_notices`,
} as const;

/** Finds rows that are stuck: one line each. */
export async function stuckRows(databaseUrl: string): Promise<readonly string[]> {
  const pool = openPool(parseDatabaseUrl(databaseUrl), { max: 1 });
  try {
    const found: string[] = [];
    for (const [name, statement] of Object.entries(stuck)) {
      const { rows } = await pool.db.execute<{ what: string }>(sql.raw(statement));
      found.push(...rows.map(({ what }) => `${name}: ${what}`));
    }
    return found;
  } finally {
    await pool.close();
  }
}
