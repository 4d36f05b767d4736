import type { QueuedEffect } from '../core/bake/effect.ts';
import type { Freeze } from '../core/bake/facts.ts';
import type { AuditEntry } from './audit-trail.ts';

/** What is written in the transaction of a freeze or a lift: its row of the audit trail, and the notices about it. */
export type FreezeWrites = { readonly audit?: AuditEntry | undefined; readonly effects?: readonly QueuedEffect[] | undefined };

/** Who stopped automatic rollbacks, where, and until when. */
export interface FreezeStore {
  /** The freezes in force at an instant, the one of all services first. */
  freezes(at: number): Promise<readonly Freeze[]>;
  /** Sets or replaces a freeze. Every decision after this call sees it. */
  setFreeze(freeze: Freeze, writes?: FreezeWrites): Promise<void>;
  /** `null` is the freeze of all services. Returns `true` where one was in force at `at`; otherwise `writes` are left out. */
  liftFreeze(service: string | null, at: number, writes?: FreezeWrites): Promise<boolean>;
}
