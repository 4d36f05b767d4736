import type { AuditOrigin } from '../ports/audit-trail.ts';
import type { FreezeStore } from '../ports/freeze-store.ts';
import { changeEntry } from './audited.ts';

/** Who stops automatic rollbacks or allows them again. `service: null`: of all services. */
export type FreezeRequest = { readonly service: string | null; readonly by: string; readonly at: number; readonly origin?: AuditOrigin };

/** Stops automatic rollbacks and shifts of traffic. It replaces an earlier freeze. */
export async function freeze(
  store: FreezeStore,
  { service, by, at, origin, why }: FreezeRequest & { readonly why: string },
): Promise<void> {
  const change = { origin, by, at, verb: 'freeze', detail: why };
  await store.setFreeze({ service, by, why, since: at }, changeEntry({ service, environment: null }, change));
}

/** Allows automatic rollbacks again. Returns whether there was a freeze to lift. */
export async function liftFreeze(store: FreezeStore, { service, by, at, origin }: FreezeRequest): Promise<boolean> {
  return await store.liftFreeze(service, changeEntry({ service, environment: null }, { origin, by, at, verb: 'lift', detail: '' }));
}
