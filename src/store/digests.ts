import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Json } from '../core/base/json.ts';
import type { BeginDelivery, DeliveryKey, DigestKey, HeldNotice, NoticeEffect } from '../ports/delivery-store.ts';
import type { QueueEffects } from './commit.ts';
import type { Database } from './database.ts';
import { and, asc, eq, isNull, lte } from './drizzle.ts';
import { lock } from './locks.ts';
import { read } from './read.ts';
import { StoredNotice } from './read-effect.ts';
import { deliveries, heldNotices } from './schema.ts';

/** `isInDigest`: a digest with this notice has begun. */
type HeldRow = { readonly noticeId: string; readonly notice: NoticeEffect; readonly dueAt: number; readonly isInDigest: boolean };

/** The notice of a deploy that is held back, or `null`. */
export async function findHeld(tx: Database, key: DeliveryKey): Promise<HeldRow | null> {
  const [row] = await tx.select().from(heldNotices).where(ofDeploy(key));
  if (row === undefined) return null;
  const { noticeId, notice, dueAt, digestId } = row;
  return { noticeId, notice: read(StoredNotice, notice, 'notice'), dueAt, isInDigest: digestId !== null };
}

/**
 * Holds a notice back; it replaces an older one of its deploy. The caller holds the lock of the notifier. A digest is already queued where another notice
 * waits for the same instant and its digest has not begun.
 */
export async function hold(
  tx: Database,
  { delivery, until }: { readonly delivery: BeginDelivery; readonly until: number },
  queueEffects: QueueEffects,
): Promise<void> {
  const { bakeId, notifier, noticeId, notice } = delivery;
  const isWaiting = and(eq(heldNotices.notifier, notifier), eq(heldNotices.dueAt, until), isNull(heldNotices.digestId));
  const waiting = await tx.select({ id: heldNotices.noticeId }).from(heldNotices).where(isWaiting).limit(1);
  const row = { noticeId, notice, dueAt: until, digestId: null };
  await tx
    .insert(heldNotices)
    .values({ bakeId, notifier, ...row })
    .onConflictDoUpdate({ target: [heldNotices.bakeId, heldNotices.notifier], set: row });
  if (waiting.length === 0) await queueEffects(tx, [{ id: `digest:${randomUUID()}`, kind: 'digest', notifier, at: until }]);
}

/** Deletes the held-back notice of a deploy: it is sent, or no longer useful. */
export async function dropHeld(tx: Database, key: DeliveryKey): Promise<void> {
  await tx.delete(heldNotices).where(ofDeploy(key));
}

/** Takes the notices that are due for a digest; each attempt gets the same ones: `DeliveryStore.beginDigest`. */
export async function beginDigest(tx: Database, { id, notifier, at }: DigestKey) {
  await lock(tx, `notifier ${notifier}`);
  const own = and(eq(heldNotices.notifier, notifier), eq(heldNotices.digestId, id));
  const earlier = await tx.select({ id: heldNotices.noticeId }).from(heldNotices).where(own).limit(1);
  const isRepeat = earlier.length > 0;
  if (!isRepeat) {
    const isDue = and(eq(heldNotices.notifier, notifier), isNull(heldNotices.digestId), lte(heldNotices.dueAt, at));
    await tx.update(heldNotices).set({ digestId: id }).where(isDue);
  }
  const rows = await tx
    .select({ held: heldNotices, memory: deliveries.memory })
    .from(heldNotices)
    .leftJoin(deliveries, and(eq(deliveries.bakeId, heldNotices.bakeId), eq(deliveries.notifier, heldNotices.notifier)))
    .where(own)
    .orderBy(asc(heldNotices.bakeId));
  const held = rows.map(({ held: { bakeId, noticeId, notice }, memory }): HeldNotice => {
    return { bakeId, noticeId, notice: read(StoredNotice, notice, 'notice'), memory: read(z.json().nullable(), memory, 'memory') };
  });
  return { held, isRepeat };
}

/** Records that a digest arrived, or that it was given up: `DeliveryStore.endDigest`. */
export async function endDigest(tx: Database, { id, notifier }: DigestKey, result: { readonly memory?: Json } | 'dropped'): Promise<void> {
  await lock(tx, `notifier ${notifier}`);
  const deleted = await tx
    .delete(heldNotices)
    .where(and(eq(heldNotices.notifier, notifier), eq(heldNotices.digestId, id)))
    .returning();
  if (result === 'dropped') return;
  for (const { bakeId, noticeId, notice } of deleted) {
    const { topic } = read(StoredNotice, notice, 'notice');
    const sent = { noticeId, arrived: true, topic, ...result };
    await tx
      .insert(deliveries)
      .values({ bakeId, notifier, memory: null, ...sent })
      .onConflictDoUpdate({ target: [deliveries.bakeId, deliveries.notifier], set: sent });
  }
}

function ofDeploy({ bakeId, notifier }: DeliveryKey) {
  return and(eq(heldNotices.bakeId, bakeId), eq(heldNotices.notifier, notifier));
}
