import type { Freeze } from '../core/bake/facts.ts';
import type { AuditEntry } from './audit-trail.ts';

/** Who stopped automatic rollbacks, and where. The entry for the audit trail is written in the same transaction as the change. */
export interface FreezeStore {
  freezes(): Promise<readonly Freeze[]>;
  /** Sets or replaces a freeze. Every decision after this call sees it. */
  setFreeze(freeze: Freeze, audit?: AuditEntry): Promise<void>;
  /** `null` is the freeze of all services. Returns `true` where there was one to lift; otherwise nothing is written. */
  liftFreeze(service: string | null, audit?: AuditEntry): Promise<boolean>;
}
