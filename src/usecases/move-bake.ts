import { stampOf } from '../core/bake/bake-stamp.ts';
import { decide } from '../core/bake/decide.ts';
import type { BakeEvent } from '../core/bake/event.ts';
import type { Facts } from '../core/bake/facts.ts';
import { describeBake } from '../core/bake/narrate.ts';
import { AppError } from '../core/base/errors.ts';
import type { AuditOrigin } from '../ports/audit-trail.ts';
import type { BakeStore, DeployRecord } from '../ports/bake-store.ts';
import { deployEntry } from './audited.ts';

/** The verb of a person, and who they are, for the audit trail. */
type MoveVerb = { readonly origin?: AuditOrigin | undefined; readonly verb: string; readonly detail?: string };

/** `expectedVersion`: the stamp of the bake (`stampOf`) that the person saw. Missing: the bake may have moved since. */
type BakeChange = {
  readonly by: string;
  readonly event: BakeEvent | ((facts: Facts) => BakeEvent);
  readonly expectedVersion?: string | undefined;
  /** What is written into the audit trail in the same transaction. */
  readonly audit?: MoveVerb;
};

/**
 * Loads a bake, asks core which transition the event causes, and commits the new state with its effects.
 * Throws `AppError`: `not_found`, `changed` where the bake has moved since the person saw it, or `conflict` with the reason of the refusal.
 */
export async function moveBake(store: BakeStore, id: string, change: BakeChange): Promise<DeployRecord> {
  const result = await store.update(id, null, async (record, facts) => {
    assertUnmoved(record, change.expectedVersion);
    const event = typeof change.event === 'function' ? change.event(await facts()) : change.event;
    const decision = decide(record, event, change.by);
    if (!decision.ok || change.audit === undefined) return decision;
    return { ...decision, audit: deployEntry(record.deploy, { detail: '', ...change.audit, by: change.by, at: event.at }) };
  });
  if (result.kind === 'committed') return result.record;
  if (result.kind === 'refused') throw new AppError('conflict', result.refusal, { problem: 'not_in_this_state' });
  if (result.kind === 'lost') throw new AppError('conflict', 'the bake has changed in the meantime; look at it again');
  throw new AppError('not_found', `there is no deploy ${id}`, { problem: 'no_deploy' });
}

/** Call it under the lock of the bake. Throws `AppError('changed')` where the bake is no longer where the person saw it. */
export function assertUnmoved({ bake }: Pick<DeployRecord, 'bake'>, expectedVersion: string | undefined): void {
  if (expectedVersion === undefined || expectedVersion === stampOf(bake)) return;
  throw new AppError('changed', `nothing was done: the bake has moved on since you looked at it; now: ${describeBake(bake)}`);
}
