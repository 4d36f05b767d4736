import { eq } from 'drizzle-orm';
import type { Bake } from '../core/bake.ts';
import { isFinal } from '../core/bake.ts';
import type { TimelineEntry } from '../core/decide.ts';
import type { QueuedEffect } from '../core/effect.ts';
import type { Measurement } from '../core/measurement.ts';
import type { Commit } from '../ports/store.ts';
import type { Database } from './database.ts';
import { bakes, measurements, timeline } from './schema.ts';

/** Puts effects into the queue inside the given transaction, so that they are queued if and only if it commits. */
export type QueueEffects = (tx: Database, effects: readonly QueuedEffect[]) => Promise<void>;

/** The columns of a bake that its state decides. */
export function bakeColumns(bake: Bake) {
  return { state: bake.state, nextAt: isFinal(bake) ? null : bake.nextAt, body: bake };
}

/** Moves a bake whose row the transaction has locked, and writes everything that goes with it. The lease ends. */
export async function writeCommit(tx: Database, bake: { readonly version: number; readonly commit: Commit }, queue: QueueEffects) {
  const { next, effects } = bake.commit;
  const version = bake.version + 1;
  await Promise.all([
    tx
      .update(bakes)
      .set({ ...bakeColumns(next), version, leaseBy: null, leaseUntil: null })
      .where(eq(bakes.deployId, next.id)),
    writeStory(tx, next.id, bake.commit),
  ]);
  if (effects.length > 0) await queue(tx, effects);
  return version;
}

/** Writes a commit's timeline and measurements. */
export async function writeStory(tx: Database, bakeId: string, commit: Commit): Promise<void> {
  await Promise.all([writeTimeline(tx, bakeId, commit.timeline), writeMeasurements(tx, bakeId, commit.measurements ?? [])]);
}

/** Appends to the timeline, in the given order. */
export async function writeTimeline(tx: Database, bakeId: string, entries: readonly TimelineEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await tx
    .insert(timeline)
    .values(entries.map(({ at, kind, by, text, detail }) => ({ bakeId, at, kind, by, text, detail: detail ?? null })));
}

async function writeMeasurements(tx: Database, bakeId: string, list: readonly Measurement[]): Promise<void> {
  if (list.length === 0) return;
  const rows = list.map((body) => ({
    bakeId,
    phase: body.phase,
    check: body.check,
    windowTo: body.window.to,
    answered: body.ticks !== null,
    at: body.at,
    body,
  }));
  await tx.insert(measurements).values(rows).onConflictDoNothing();
}
