import type { PgBoss, Queue } from 'pg-boss';
import type { QueuedEffect } from '../core/bake/effect.ts';

type QueueSettings = Omit<Queue, 'name' | 'policy' | 'partition' | 'deadLetter'>;

/** One kind of effect, one queue: a slow notifier never delays a rollback. */
export type EffectKind = QueuedEffect['kind'];

/** pg-boss's own tables. */
export const queueSchema = 'bakewatch_queue';

/** Effects whose tries are used up wait here until the caller has been told. */
export const gaveUpQueue = 'gave_up';

type Retries = { readonly retryDelay: number; readonly retryDelayMax: number };

const shared: QueueSettings = { retryBackoff: true, heartbeatSeconds: 10, deleteAfterSeconds: 86_400, notify: true };

/**
 * A rollback or a shift is tried again within seconds, for about two minutes; the dispatcher decides what may be repeated at all. A notice is tried
 * again for about an hour and a half, at most ten minutes apart, so that it arrives soon after its far side is back.
 */
const settings: Readonly<Record<EffectKind, QueueSettings & Retries>> = {
  roll_back: { ...shared, retryLimit: 8, retryDelay: 1, retryDelayMax: 30, expireInSeconds: 3_600 },
  shift: { ...shared, retryLimit: 8, retryDelay: 1, retryDelayMax: 10, expireInSeconds: 3_600 },
  notify: { ...shared, retryLimit: 16, retryDelay: 5, retryDelayMax: 600, expireInSeconds: 300 },
  digest: { ...shared, retryLimit: 16, retryDelay: 5, retryDelayMax: 600, expireInSeconds: 300 },
  remember_running: { ...shared, retryLimit: 5, retryDelay: 5, retryDelayMax: 120, expireInSeconds: 300 },
};

/** The seconds before the first retry, and the most before any. */
export function retriesOf(kind: EffectKind): Retries {
  return settings[kind];
}

/** The queues by kind: their names are the kinds. */
export const effectKinds = ['roll_back', 'shift', 'notify', 'digest', 'remember_running'] as const satisfies readonly EffectKind[];

/**
 * Notices of one deploy to one notifier keep their order, and so do the shifts of one place, of whatever deploy: a hook that is still shifting to 25 %
 * must not end after the one that shifts back to 0 %. One that waits for its next try holds back those after it. A job that failed for
 * good would hold them back for ever, so the handler of the gave-up queue removes it.
 */
const policies: Readonly<Record<EffectKind, string>> = {
  roll_back: 'standard',
  shift: 'key_strict_fifo',
  notify: 'key_strict_fifo',
  digest: 'standard',
  remember_running: 'standard',
};

/** Which effects must follow one another. */
export function orderingKey(effect: QueuedEffect): string {
  if (effect.kind === 'shift') return effect.place;
  return effect.kind === 'notify' ? `${effect.bakeId}:${effect.notifier}` : effect.id;
}

/** How many effects of one group are performed at a time. What one notifier is told is a group: a slow receiver must not hold back the others. */
export function groupOf(kind: EffectKind): number | null {
  if (kind === 'notify') return 3;
  return kind === 'digest' ? 1 : null;
}

/** Makes the queues that are missing and gives the others the settings of this version. */
export async function prepareQueues(boss: PgBoss): Promise<void> {
  const existing = new Set((await boss.getQueues()).map((queue) => queue.name));
  // Telling the caller is tried for about a day: it only fails while the database does.
  const lastWord: QueueSettings = { ...shared, retryLimit: 100, retryDelay: 1, retryDelayMax: 900, expireInSeconds: 300 };
  await prepare(boss, { name: gaveUpQueue, ...lastWord }, existing);
  for (const kind of effectKinds) {
    const queue = { name: kind, ...settings[kind], deadLetter: gaveUpQueue };
    await prepare(boss, { ...queue, policy: policies[kind], partition: kind !== 'remember_running' && kind !== 'digest' }, existing);
  }
}

async function prepare(boss: PgBoss, queue: Queue, existing: ReadonlySet<string>): Promise<void> {
  const { name, policy, partition, ...changeable } = queue;
  if (existing.has(name)) await boss.updateQueue(name, changeable);
  else await boss.createQueue(name, { ...changeable, ...(policy !== undefined && { policy }), ...(partition && { partition }) });
}
