import type { PgBoss, Queue } from 'pg-boss';
import type { QueuedEffect } from '../core/bake/effect.ts';

type QueueSettings = Omit<Queue, 'name' | 'policy' | 'partition' | 'deadLetter'>;

/** One kind of effect, one queue: a slow notifier never delays a rollback. */
export type EffectKind = QueuedEffect['kind'];

/** pg-boss's own tables. */
export const queueSchema = 'bakewatch_queue';

/** Effects whose tries are used up wait here until the `gaveUp` handler has run. */
export const gaveUpQueue = 'gave_up';

type Retries = { readonly retryDelay: number; readonly retryDelayMax: number };

const shared: QueueSettings = { retryBackoff: true, heartbeatSeconds: 10, deleteAfterSeconds: 86_400, notify: true };

/**
 * A rollback or a shift is retried within seconds, for about two minutes; the dispatcher decides whether it may be repeated. The pauses stay short: after
 * the end of a server, the next one must see whether the hook goes on without it.
 * A notice is retried for about an hour and a half, at most ten minutes apart, so that it arrives soon after its receiver is back.
 */
const settings: Readonly<Record<EffectKind, QueueSettings & Retries>> = {
  roll_back: { ...shared, retryLimit: 24, retryDelay: 1, retryDelayMax: 5, expireInSeconds: 3_600 },
  shift: { ...shared, retryLimit: 24, retryDelay: 1, retryDelayMax: 5, expireInSeconds: 3_600 },
  notify: { ...shared, retryLimit: 16, retryDelay: 5, retryDelayMax: 600, expireInSeconds: 300 },
  announce: { ...shared, retryLimit: 16, retryDelay: 5, retryDelayMax: 600, expireInSeconds: 300 },
  digest: { ...shared, retryLimit: 16, retryDelay: 5, retryDelayMax: 600, expireInSeconds: 300 },
  remember_running: { ...shared, retryLimit: 5, retryDelay: 5, retryDelayMax: 120, expireInSeconds: 300 },
  look_around: { ...shared, retryLimit: 3, retryDelay: 5, retryDelayMax: 30, expireInSeconds: 60 },
};

/** The seconds before the first retry, and the maximum before any retry. */
export function retriesOf(kind: EffectKind): Retries {
  return settings[kind];
}

/** The names of the queues: one for each kind of effect. */
export const effectKinds = [
  'roll_back',
  'shift',
  'notify',
  'announce',
  'digest',
  'remember_running',
  'look_around',
] as const satisfies readonly EffectKind[];

/**
 * `key_strict_fifo` keeps the order of jobs with the same `orderingKey`: the notices of one deploy to one notifier, and the shifts of one place (a hook that
 * still shifts to 25 % must not end after the one that shifts back to 0 %). A job that waits for a retry blocks those after it. A job that failed for good
 * would block them forever, so the handler of the gave-up queue deletes it.
 */
const policies: Readonly<Record<EffectKind, string>> = {
  roll_back: 'standard',
  shift: 'key_strict_fifo',
  notify: 'key_strict_fifo',
  announce: 'standard',
  digest: 'standard',
  remember_running: 'standard',
  look_around: 'standard',
};

/** Effects with the same key are performed one after the other. */
export function orderingKey(effect: QueuedEffect): string {
  if (effect.kind === 'shift') return effect.place;
  return effect.kind === 'notify' ? `${effect.bakeId}:${effect.notifier}` : effect.id;
}

/** How many effects of one group are performed at a time; `null`: no limit. A group is one notifier: a slow receiver must not delay the others. */
export function groupOf(kind: EffectKind): number | null {
  if (kind === 'notify') return 3;
  return kind === 'digest' || kind === 'announce' ? 1 : null;
}

/** Rare effects share the common table of jobs. */
const unpartitioned: ReadonlySet<EffectKind> = new Set(['remember_running', 'announce', 'digest', 'look_around']);

/** Creates missing queues and updates the settings of the others. */
export async function prepareQueues(boss: PgBoss): Promise<void> {
  const existing = new Set((await boss.getQueues()).map((queue) => queue.name));
  // The handler is retried for about a day: it fails only while the database does.
  const gaveUpSettings: QueueSettings = { ...shared, retryLimit: 100, retryDelay: 1, retryDelayMax: 900, expireInSeconds: 300 };
  await prepare(boss, { name: gaveUpQueue, ...gaveUpSettings }, existing);
  for (const kind of effectKinds) {
    const queue = { name: kind, ...settings[kind], deadLetter: gaveUpQueue };
    await prepare(boss, { ...queue, policy: policies[kind], partition: !unpartitioned.has(kind) }, existing);
  }
}

async function prepare(boss: PgBoss, queue: Queue, existing: ReadonlySet<string>): Promise<void> {
  const { name, policy, partition, ...changeable } = queue;
  if (existing.has(name)) await boss.updateQueue(name, changeable);
  else await boss.createQueue(name, { ...changeable, ...(policy !== undefined && { policy }), ...(partition && { partition }) });
}
