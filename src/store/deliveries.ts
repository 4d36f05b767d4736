import { z } from 'zod';
import type { Json } from '../core/analyzer.ts';
import type { DeliveryKey, DeliveryStart } from '../ports/store.ts';
import { type Database, lock } from './database.ts';
import { and, eq } from './drizzle.ts';
import { read } from './read.ts';
import { deliveries } from './schema.ts';

/** Records that a notice is about to be sent: `Store.beginDelivery`. */
export async function beginDelivery(tx: Database, { bakeId, notifier, noticeId }: DeliveryKey): Promise<DeliveryStart> {
  await lock(tx, `delivery ${bakeId} ${notifier}`);
  const own = and(eq(deliveries.bakeId, bakeId), eq(deliveries.notifier, notifier));
  const [last] = await tx.select().from(deliveries).where(own);
  const memory = last === undefined ? null : read(z.json(), last.memory, 'memory');
  if (last?.noticeId === noticeId) return { memory, state: last.arrived ? 'arrived' : 'repeated' };
  const row = { bakeId, notifier, noticeId, arrived: false, memory };
  await tx
    .insert(deliveries)
    .values(row)
    .onConflictDoUpdate({ target: [deliveries.bakeId, deliveries.notifier], set: { noticeId, arrived: false } });
  return { memory, state: 'new' };
}

/** Records that a notice arrived: `Store.endDelivery`. */
export async function endDelivery(db: Database, { bakeId, notifier, noticeId }: DeliveryKey, memory: Json): Promise<void> {
  await db
    .update(deliveries)
    .set({ arrived: true, memory })
    .where(and(eq(deliveries.bakeId, bakeId), eq(deliveries.notifier, notifier), eq(deliveries.noticeId, noticeId)));
}
