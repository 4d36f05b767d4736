import { formatDuration } from '../core/base/duration.ts';
import type { AuditOrigin } from '../ports/audit-trail.ts';
import type { BakeStore, DeployRecord } from '../ports/bake-store.ts';
import { moveBake } from './move-bake.ts';

/**
 * What every intervention needs: the deploy, the person who asks, and when. `origin`: where the request came from, for the audit trail. `expectedVersion`:
 * the stamp of the bake (`stampOf`) that the person saw; where the bake has moved since, nothing is done.
 */
export type InterventionRequest = {
  readonly id: string;
  readonly by: string;
  readonly at: number;
  readonly origin?: AuditOrigin | undefined;
  readonly expectedVersion?: string | undefined;
};

/** An intervention with its reason. */
type ExplainedRequest = InterventionRequest & { readonly why: string };

/** Ends the watch over a deploy. Rolls nothing back. Throws what `moveBake` throws, as all interventions do. */
export function cancel(store: BakeStore, { id, by, at, origin, expectedVersion }: InterventionRequest): Promise<DeployRecord> {
  return moveBake(store, id, { by, expectedVersion, event: { type: 'canceled', at, by }, audit: { origin, verb: 'cancel' } });
}

/** Makes the release known-good now, by the decision of a person. */
export function pass(store: BakeStore, { why, ...request }: ExplainedRequest): Promise<DeployRecord> {
  const { id, by, at, origin, expectedVersion } = request;
  const audit = { origin, verb: 'pass', detail: why };
  return moveBake(store, id, { by, expectedVersion, event: { type: 'passed_by_hand', at, by, why }, audit });
}

/** Orders a rollback to the last known-good release, whatever the checks say. */
export function rollBack(store: BakeStore, { why, ...request }: ExplainedRequest): Promise<DeployRecord> {
  const { id, by, at, origin, expectedVersion } = request;
  const audit = { origin, verb: 'rollback', detail: why };
  return moveBake(store, id, { by, expectedVersion, event: (facts) => ({ type: 'rollback_requested', at, by, why, facts }), audit });
}

/** Approves the rollback that waits for a person. */
export function approve(store: BakeStore, { id, by, at, origin, expectedVersion }: InterventionRequest): Promise<DeployRecord> {
  return moveBake(store, id, { by, expectedVersion, event: { type: 'approved', at, by }, audit: { origin, verb: 'approve' } });
}

/** Extends the bake, and the latest time at which it may end. */
export function extend(store: BakeStore, { byMs, ...request }: InterventionRequest & { readonly byMs: number }): Promise<DeployRecord> {
  const { id, by, at, origin, expectedVersion } = request;
  const audit = { origin, verb: 'extend', detail: `by ${formatDuration(byMs)}` };
  return moveBake(store, id, { by, expectedVersion, event: { type: 'extended', at, byMs }, audit });
}

/** Notes that a deploy registered with `phase: started` has finished, so that its bake begins. Idempotent. */
export async function finish(store: BakeStore, { id, by, at, expectedVersion }: InterventionRequest): Promise<DeployRecord> {
  const record = await store.find(id);
  if (record !== null && record.bake.deployedAt !== null) return record;
  return moveBake(store, id, { by, expectedVersion, event: { type: 'finished', at } });
}
