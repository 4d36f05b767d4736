import { headStartOf } from '../core/bake/urgency.ts';
import type { QuietCommit } from '../ports/bake-store.ts';
import { measurementRow, nextAtOf } from './commit.ts';
import type { Database } from './database.ts';
import { sql } from './drizzle.ts';
import type { RowForm } from './row-form.ts';
import { bakes, measurements, timeline } from './schema.ts';
import { compile, jsonText, slot } from './statement.ts';

// A row that another transaction holds is skipped, not waited for: so this transaction, which locks many rows in any order, is part of no deadlock.
// After a lock, PostgreSQL compares the newest version of the row, so a bake that has moved on is left out.
const writeAll = compile(
  sql`
  with given as (
    select entry->>'id' as id, (entry->>'version')::int as version, (entry->>'nextAt')::bigint as next_at,
      (entry->>'headStartMs')::int as head_start_ms, entry->'body' as body,
      entry->'measurements' as list, entry->'timeline' as narration
    from jsonb_array_elements(${slot('commits')}::jsonb) as entries (entry)
  ), locked as (
    select bake.deploy_id as id from ${bakes} bake join given on given.id = bake.deploy_id
    where bake.version = given.version and bake.next_at is not null
    for update of bake skip locked
  ), moved as (
    update ${bakes} set next_at = given.next_at, head_start_ms = given.head_start_ms, body = given.body, version = given.version + 1, lease_by = null, lease_until = null
    from given join locked on locked.id = given.id
    where ${bakes.deployId} = given.id
    returning ${bakes.deployId} as id
  ), written as (
    insert into ${measurements} (bake_id, phase, check_name, window_to, answered, at, body)
    select given.id, one->>'phase', one->>'check', (one->>'to')::bigint, (one->>'answered')::boolean, (one->>'at')::bigint, one->'body'
    from given join moved on moved.id = given.id cross join jsonb_array_elements(given.list) as ones (one)
    on conflict do nothing
  ), narrated as (
    insert into ${timeline} (bake_id, at, kind, "by", "text", detail)
    select given.id, (one->>'at')::bigint, one->>'kind', one->>'by', one->>'text', one->>'detail'
    from given join moved on moved.id = given.id cross join jsonb_array_elements(given.narration) with ordinality as ones (one, place)
    order by given.id, place
  )
  select id from moved`,
  ({ id }) => String(id),
);

/** Commits passes that move nothing, all in one statement: `BakeStore.updateQuietly`. */
export async function updateQuietly(db: Database, commits: readonly QuietCommit[], form: RowForm): Promise<ReadonlySet<string>> {
  if (commits.length === 0) return new Set();
  const given = commits.map(({ version, next, ruleSet, timeline: entries, measurements: list }) => ({
    ...{ id: next.id, version, nextAt: nextAtOf(next), headStartMs: headStartOf(next, list), body: next },
    timeline: entries,
    measurements: list.map((one) => measurementRow(one, ruleSet, form)),
  }));
  return new Set(await writeAll(db, { commits: jsonText(given) }));
}
