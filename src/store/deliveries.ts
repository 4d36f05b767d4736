import { z } from 'zod';
import { topics } from '../core/bake/effect.ts';
import type { Json } from '../core/base/json.ts';
import type { DeliveryHistory, DeliveryRoute } from '../core/notify/route.ts';
import type { AuditEntry } from '../ports/audit-trail.ts';
import type { BeginDelivery, DeliveryKey, DeliveryStart } from '../ports/delivery-store.ts';
import { appendAudit } from './audit-trail.ts';
import type { QueueEffects } from './commit.ts';
import type { Database } from './database.ts';
import { dropHeld, findHeld, hold } from './digests.ts';
import { and, eq, gte, lte, ne } from './drizzle.ts';
import { lock } from './locks.ts';
import { read } from './read.ts';
import { deliveries, presses } from './schema.ts';

type DeliveryRequest = {
  readonly delivery: BeginDelivery;
  readonly choose: (history: DeliveryHistory) => DeliveryRoute;
  readonly queueEffects: QueueEffects;
};

/** Decides what to do with a notice and records it: `DeliveryStore.beginDelivery`. */
export async function beginDelivery(tx: Database, { delivery, choose, queueEffects }: DeliveryRequest): Promise<DeliveryStart> {
  const { bakeId, notifier, noticeId, notice, at } = delivery;
  await lock(tx, `notifier ${notifier}`);
  const [last] = await tx.select().from(deliveries).where(ofDeploy(delivery));
  const memory = last === undefined ? null : read(z.json(), last.memory, 'memory');
  if (last?.noticeId === noticeId) return last.arrived ? { kind: 'arrived' } : { kind: 'send', memory, isRepeat: true };
  const held = await findHeld(tx, delivery);
  if (held?.noticeId === noticeId) return { kind: 'hold', until: held.dueAt, why: 'it is already held back' };
  const chosen = choose({
    last: held?.notice.topic ?? topicOf(last?.topic ?? null),
    isHeld: held !== null && !held.isInDigest,
    others: await readOthers(tx, delivery),
    isMuted: last?.muted ?? false,
  });
  if (chosen.kind === 'unwanted') return chosen;
  if (chosen.kind === 'hold') {
    // The newer notice replaces the older one, so it must not arrive later than the older one would.
    const until = held === null || held.isInDigest ? chosen.until : Math.min(chosen.until, held.dueAt);
    await hold(tx, { delivery, until }, queueEffects);
    return { ...chosen, until };
  }
  await dropHeld(tx, delivery);
  if (chosen.kind === 'outdated') return chosen;
  const sent = { noticeId, arrived: false, topic: notice.topic, at };
  await tx
    .insert(deliveries)
    .values({ bakeId, notifier, memory, ...sent })
    .onConflictDoUpdate({ target: [deliveries.bakeId, deliveries.notifier], set: sent });
  return { kind: 'send', memory, isRepeat: false };
}

/** Records that a notice arrived: `DeliveryStore.endDelivery`. */
export async function endDelivery(db: Database, key: DeliveryKey, memory: Json): Promise<void> {
  await db
    .update(deliveries)
    .set({ arrived: true, memory })
    .where(and(ofDeploy(key), eq(deliveries.noticeId, key.noticeId)));
}

/** Stops notices about a deploy to a notifier: `DeliveryStore.mute`. */
export async function mute(tx: Database, { bakeId, notifier }: Omit<DeliveryKey, 'noticeId'>, audit?: AuditEntry): Promise<void> {
  await tx
    .insert(deliveries)
    .values({ bakeId, notifier, noticeId: '', arrived: true, memory: null, muted: true })
    .onConflictDoUpdate({ target: [deliveries.bakeId, deliveries.notifier], set: { muted: true } });
  if (audit !== undefined) await appendAudit(tx, audit);
}

const pressKeptMs = 86_400_000;

/** Records a press and returns whether it is new: `DeliveryStore.press`. */
export async function press(tx: Database, key: string, at: number): Promise<boolean> {
  await tx.delete(presses).where(lte(presses.at, at - pressKeptMs));
  const added = await tx.insert(presses).values({ key, at }).onConflictDoNothing().returning({ key: presses.key });
  return added.length > 0;
}

function ofDeploy({ bakeId, notifier }: Omit<DeliveryKey, 'noticeId'>) {
  return and(eq(deliveries.bakeId, bakeId), eq(deliveries.notifier, notifier));
}

/** Enough for every limit that a digest can have. */
const maxOthers = 1_000;

async function readOthers(tx: Database, { bakeId, notifier, since }: BeginDelivery): Promise<DeliveryHistory['others']> {
  const rows = await tx
    .select({ topic: deliveries.topic })
    .from(deliveries)
    .where(and(eq(deliveries.notifier, notifier), gte(deliveries.at, since), ne(deliveries.bakeId, bakeId)))
    .limit(maxOthers);
  return rows.flatMap(({ topic }) => topicOf(topic) ?? []);
}

/** `null` in rows of versions that did not store it. */
function topicOf(text: string | null): DeliveryHistory['last'] {
  return read(z.enum(topics).nullable(), text, 'topic');
}
