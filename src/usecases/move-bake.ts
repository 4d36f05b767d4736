import { decide } from '../core/bake/decide.ts';
import type { BakeEvent } from '../core/bake/event.ts';
import type { Facts } from '../core/bake/facts.ts';
import { AppError } from '../core/base/errors.ts';
import type { AuditOrigin } from '../ports/audit-trail.ts';
import type { BakeStore, DeployRecord } from '../ports/bake-store.ts';
import { deployEntry } from './audited.ts';

/** The verb of a person, and who they are, for the audit trail. */
type MoveVerb = { readonly origin?: AuditOrigin | undefined; readonly verb: string; readonly detail?: string };

/**
 * Loads a bake, asks core which transition the event causes, and commits the new state with its effects.
 * `audit`: what is written into the audit trail together with it.
 * Throws `AppError`: `not_found`, or `conflict` with the reason of the refusal.
 */
export async function moveBake(
  store: BakeStore,
  id: string,
  change: { readonly by: string; readonly event: BakeEvent | ((facts: Facts) => BakeEvent); readonly audit?: MoveVerb },
): Promise<DeployRecord> {
  const result = await store.update(id, null, async (record, facts) => {
    const event = typeof change.event === 'function' ? change.event(await facts()) : change.event;
    const decision = decide(record, event, change.by);
    if (!decision.ok || change.audit === undefined) return decision;
    return { ...decision, audit: deployEntry(record.deploy, { detail: '', ...change.audit, by: change.by, at: event.at }) };
  });
  if (result.kind === 'committed') return result.record;
  if (result.kind === 'refused') throw new AppError('conflict', result.refusal);
  if (result.kind === 'lost') throw new AppError('conflict', 'the bake has changed in the meantime; look at it again');
  throw new AppError('not_found', `there is no deploy ${id}`);
}
