import { openPool } from '../../src/store/database.ts';
import { sql } from '../../src/store/drizzle.ts';
import { parseDatabaseUrl } from '../../src/store/endpoint.ts';

const statement = sql`
  select pid, state, wait_event_type || ':' || wait_event as waits, extract(epoch from now() - xact_start)::int as seconds, pg_blocking_pids(pid) as behind,
    left(query, 200) as query
  from pg_stat_activity where xact_start is not null and pid <> pg_backend_pid() order by xact_start limit 20`;

/** What PostgreSQL is busy with: a line for each of the oldest transactions, and who waits for whom. */
export async function activity(databaseUrl: string): Promise<readonly string[]> {
  const pool = openPool(parseDatabaseUrl(databaseUrl), { max: 1 });
  try {
    return (await pool.db.execute(statement)).rows.map((row) => JSON.stringify(row));
  } finally {
    await pool.close();
  }
}
