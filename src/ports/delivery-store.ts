import type { Effect, QueuedEffect } from '../core/bake/effect.ts';
import type { Json } from '../core/base/json.ts';
import type { DeliveryHistory, DeliveryRoute } from '../core/notify/route.ts';
import type { AuditEntry } from './audit-trail.ts';

/** A digest: the notices to one notifier that are held back until an instant. */
export type DigestKey = Omit<Extract<QueuedEffect, { kind: 'digest' }>, 'kind'>;

/** One notice to one notifier. */
export type DeliveryKey = { readonly bakeId: string; readonly notifier: string; readonly noticeId: string };

/** The content of a notice, without its receivers. */
export type NoticeEffect = Extract<Effect, { kind: 'notify' }>;

/** A notice that is about to be sent. Earlier notices to the same notifier about other deploys count from `since` on. */
export type BeginDelivery = DeliveryKey & { readonly notice: NoticeEffect; readonly at: number; readonly since: number };

/**
 * What to do with the notice. `isRepeat`: an earlier attempt at it may have arrived. `memory`: what the notifier answered to the previous notice about
 * the same deploy. `arrived`: the notice was delivered before.
 */
export type DeliveryStart =
  | { readonly kind: 'send'; readonly memory: Json; readonly isRepeat: boolean }
  | { readonly kind: 'arrived' }
  | Exclude<DeliveryRoute, { kind: 'send' }>;

/** A notice that is held back for a digest. */
export type HeldNotice = { readonly bakeId: string; readonly noticeId: string; readonly notice: NoticeEffect; readonly memory: Json };

/** Remembers which notices were sent, which are held back, and which buttons were pressed. */
export interface DeliveryStore {
  /**
   * Calls `choose` for a notice, one notice at a time for each notifier, and records its choice: the notice is about to be sent, or it is held back and
   * a digest is queued. A newer notice of a deploy replaces one that is held back. The choice for a notice is final.
   */
  beginDelivery(delivery: BeginDelivery, choose: (history: DeliveryHistory) => DeliveryRoute): Promise<DeliveryStart>;
  /** Records that the notice arrived, and what to remember for the next one. */
  endDelivery(key: DeliveryKey, memory: Json): Promise<void>;
  /** Records that a person wants no more notices about the deploy from this notifier, with its row of the audit trail. */
  mute(where: { readonly bakeId: string; readonly notifier: string }, audit?: AuditEntry): Promise<void>;
  /** Records that a button was pressed. Returns `false` where this press was recorded before. */
  press(key: string, at: number): Promise<boolean>;
  /**
   * The notices of a digest: the same at every attempt, without notices whose deploy got a newer notice since. `isRepeat`: an earlier attempt may have
   * arrived.
   */
  beginDigest(digest: DigestKey): Promise<{ readonly held: readonly HeldNotice[]; readonly isRepeat: boolean }>;
  /** Queues a notice about no deploy again, to be sent at its `notBefore`. */
  postpone(effect: Extract<QueuedEffect, { kind: 'announce' }>): Promise<void>;
  /** Records that the digest arrived, with what to remember where it was about one deploy only; `dropped`: it will never arrive. */
  endDigest(digest: DigestKey, result: { readonly memory?: Json } | 'dropped'): Promise<void>;
}
