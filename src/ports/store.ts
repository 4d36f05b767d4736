import type { ActLinkStore } from './act-link-store.ts';
import type { AlertStore } from './alert-store.ts';
import type { AuditLog } from './audit-log.ts';
import type { AuditTrail } from './audit-trail.ts';
import type { BakeClaims } from './bake-claims.ts';
import type { BakeStore } from './bake-store.ts';
import type { ChangeJournal } from './change-journal.ts';
import type { DeliveryStore } from './delivery-store.ts';
import type { DeployCatalog } from './deploy-catalog.ts';
import type { Fleet } from './fleet.ts';
import type { FreezeStore } from './freeze-store.ts';
import type { MeasurementStore } from './measurement-store.ts';
import type { OverviewStore } from './overview-store.ts';
import type { RuleBookStore } from './rule-book-store.ts';
import type { SessionStore } from './session-store.ts';
import type { StoreMaintenance } from './store-maintenance.ts';
import type { TokenStore } from './token-store.ts';

/**
 * All roles of the storage. Only `src/app` needs all of them; everything else asks for the roles that it uses.
 * The store persists and commits; it does not judge, and callers pass the time. Times round-trip to the millisecond.
 * Every method throws `AppError('unavailable')` when the database cannot be reached or cannot write.
 */
export type Store = BakeStore &
  BakeClaims &
  ChangeJournal &
  DeployCatalog &
  OverviewStore &
  MeasurementStore &
  AuditLog &
  AuditTrail &
  DeliveryStore &
  FreezeStore &
  AlertStore &
  RuleBookStore &
  SessionStore &
  ActLinkStore &
  Fleet &
  TokenStore &
  StoreMaintenance;
