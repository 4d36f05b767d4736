import type { BakeStore, DeployRecord } from '../ports/bake-store.ts';
import { moveBake } from './move-bake.ts';

/** What every intervention needs: the deploy, the person who asks, and when. */
export type InterventionRequest = { readonly id: string; readonly by: string; readonly at: number };

/** Ends the watch over a deploy. Rolls nothing back. Throws what `moveBake` throws, as all interventions do. */
export function cancel(store: BakeStore, { id, by, at }: InterventionRequest): Promise<DeployRecord> {
  return moveBake(store, id, { by, event: { type: 'canceled', at, by } });
}

/** Makes the release known-good now, by the decision of a person. */
export function pass(store: BakeStore, { id, by, at, why }: InterventionRequest & { readonly why: string }): Promise<DeployRecord> {
  return moveBake(store, id, { by, event: { type: 'passed_by_hand', at, by, why } });
}

/** Orders a rollback to the last known-good release, whatever the checks say. */
export function rollBack(store: BakeStore, { id, by, at, why }: InterventionRequest & { readonly why: string }): Promise<DeployRecord> {
  return moveBake(store, id, { by, event: (facts) => ({ type: 'rollback_requested', at, by, why, facts }) });
}

/** Approves the rollback that waits for a person. */
export function approve(store: BakeStore, { id, by, at }: InterventionRequest): Promise<DeployRecord> {
  return moveBake(store, id, { by, event: { type: 'approved', at, by } });
}

/** Extends the bake, and the latest time at which it may end. */
export function extend(store: BakeStore, { id, by, at, byMs }: InterventionRequest & { readonly byMs: number }): Promise<DeployRecord> {
  return moveBake(store, id, { by, event: { type: 'extended', at, byMs } });
}

/** Notes that a deploy registered with `phase: started` has finished, so that its bake begins. Idempotent. */
export async function finish(store: BakeStore, { id, by, at }: InterventionRequest): Promise<DeployRecord> {
  const record = await store.find(id);
  if (record !== null && record.bake.deployedAt !== null) return record;
  return moveBake(store, id, { by, event: { type: 'finished', at } });
}
