import { type Bake, isFinal } from '../core/bake/bake.ts';
import type { QueuedEffect } from '../core/bake/effect.ts';
import type { TimelineEntry } from '../core/bake/narrate.ts';
import { headStartOf } from '../core/bake/urgency.ts';
import type { VerdictMarkChange } from '../core/bake/verdict-mark.ts';
import type { Measurement } from '../core/judge/measurement.ts';
import type { Commit } from '../ports/bake-store.ts';
import type { Database } from './database.ts';
import { and, eq, sql } from './drizzle.ts';
import { bakes, marks, measurements, timeline } from './schema.ts';
import { compile, jsonText, slot } from './statement.ts';

/** Puts effects into the queue inside the given transaction, so that they are queued if and only if it commits. */
export type QueueEffects = (tx: Database, effects: readonly QueuedEffect[]) => Promise<void>;

/** When the next pass over a bake is due; `null` for a final bake. */
export function nextAtOf(bake: Bake): number | null {
  return isFinal(bake) ? null : bake.nextAt;
}

const moveBake = compile(sql`
  update ${bakes} set state = ${slot('state')}, next_at = ${slot('nextAt')}, body = ${slot('body')}, version = ${slot('version')},
    head_start_ms = ${slot('headStartMs')}, lease_by = null, lease_until = null
  where deploy_id = ${slot('id')}`);

/** Writes a commit to a bake whose row the transaction has locked, and ends its lease. Returns the new version. */
export async function writeCommit(tx: Database, bake: { readonly version: number; readonly commit: Commit }, queue: QueueEffects) {
  const { next, effects } = bake.commit;
  const version = bake.version + 1;
  const headStartMs = headStartOf(next, bake.commit.measurements ?? []);
  await Promise.all([
    moveBake(tx, { id: next.id, state: next.state, nextAt: nextAtOf(next), body: jsonText(next), version, headStartMs }),
    writeEntries(tx, next.id, bake.commit),
    effects.length > 0 ? queue(tx, effects) : undefined,
  ]);
  return version;
}

/** Writes the timeline and the measurements of a commit. */
export async function writeEntries(tx: Database, bakeId: string, commit: Commit): Promise<void> {
  await Promise.all([writeTimeline(tx, bakeId, commit.timeline), writeMeasurements(tx, bakeId, commit.measurements ?? [])]);
  for (const change of commit.marks ?? []) await writeMark(tx, bakeId, change);
}

// `by` and `text` are SQL keywords, hence the quotes.
const addTimeline = compile(sql`
  insert into ${timeline} (bake_id, at, kind, "by", "text", detail)
  select ${slot('id')}, (entry->>'at')::bigint, entry->>'kind', entry->>'by', entry->>'text', entry->>'detail'
  from jsonb_array_elements(${slot('entries')}::jsonb) with ordinality as list (entry, place) order by place`);

/** Appends to the timeline, in the given order. */
export async function writeTimeline(tx: Database, bakeId: string, entries: readonly TimelineEntry[]): Promise<void> {
  if (entries.length > 0) await addTimeline(tx, { id: bakeId, entries: jsonText(entries) });
}

const addMeasurements = compile(sql`
  insert into ${measurements} (bake_id, phase, check_name, window_to, answered, at, body)
  select ${slot('id')}, body->>'phase', body->>'check', (body->'window'->>'to')::bigint, body->'ticks' <> 'null', (body->>'at')::bigint, body
  from jsonb_array_elements(${slot('list')}::jsonb) with ordinality as list (body, place) order by place
  on conflict do nothing`);

async function writeMeasurements(tx: Database, bakeId: string, list: readonly Measurement[]): Promise<void> {
  if (list.length > 0) await addMeasurements(tx, { id: bakeId, list: jsonText(list) });
}

/** Sets a mark, or takes one back. The first mark of a kind stays. */
async function writeMark(tx: Database, deployId: string, change: VerdictMarkChange): Promise<void> {
  if ('set' in change)
    await tx
      .insert(marks)
      .values({ deployId, ...change.set })
      .onConflictDoNothing();
  else await tx.delete(marks).where(and(eq(marks.deployId, deployId), eq(marks.kind, change.takeBack)));
}
