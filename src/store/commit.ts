import { type Bake, isFinal } from '../core/bake/bake.ts';
import type { QueuedEffect } from '../core/bake/effect.ts';
import type { TimelineEntry } from '../core/bake/narrate.ts';
import { headStartOf } from '../core/bake/urgency.ts';
import type { VerdictMarkChange } from '../core/bake/verdict-mark.ts';
import type { Measurement } from '../core/judge/measurement.ts';
import type { RuleSet } from '../core/rules/rule-set.ts';
import type { Commit } from '../ports/bake-store.ts';
import type { Database } from './database.ts';
import { and, eq, sql } from './drizzle.ts';
import type { RowForm } from './row-form.ts';
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
export async function writeCommit(
  tx: Database,
  bake: { readonly version: number; readonly commit: Commit; readonly ruleSet: RuleSet },
  { queue, rows }: CommitWriters,
) {
  const { next, effects } = bake.commit;
  const version = bake.version + 1;
  const headStartMs = headStartOf(next, bake.commit.measurements ?? []);
  await Promise.all([
    moveBake(tx, { id: next.id, state: next.state, nextAt: nextAtOf(next), body: jsonText(next), version, headStartMs }),
    writeEntries(tx, { id: next.id, ruleSet: bake.ruleSet, rows }, bake.commit),
    effects.length > 0 ? queue(tx, effects) : undefined,
  ]);
  return version;
}

/** What a commit writes with: the queue of its effects, and the form of its rows. */
export type CommitWriters = { readonly queue: QueueEffects; readonly rows: RowForm };

type EntriesOwner = { readonly id: string; readonly ruleSet: RuleSet; readonly rows: RowForm };

/** Writes the timeline and the measurements of a commit. */
export async function writeEntries(tx: Database, { id, ruleSet, rows: form }: EntriesOwner, commit: Commit): Promise<void> {
  const rows = (commit.measurements ?? []).map((one) => measurementRow(one, ruleSet, form));
  await Promise.all([writeTimeline(tx, id, commit.timeline), rows.length > 0 && addMeasurements(tx, { id, rows: jsonText(rows) })]);
  for (const change of commit.marks ?? []) await writeMark(tx, id, change);
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
  select ${slot('id')}, one->>'phase', one->>'check', (one->>'to')::bigint, (one->>'answered')::boolean, (one->>'at')::bigint, one->'body'
  from jsonb_array_elements(${slot('rows')}::jsonb) with ordinality as list (one, place) order by place
  on conflict do nothing`);

/** A measurement with the columns of its row. */
export function measurementRow(measurement: Measurement, ruleSet: RuleSet, form: RowForm) {
  const { phase, check, window, at, ticks } = measurement;
  return { phase, check, to: window.to, answered: ticks !== null, at, body: form.measurement(measurement, ruleSet) };
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
