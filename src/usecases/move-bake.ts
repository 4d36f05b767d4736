import { decide } from '../core/bake/decide.ts';
import type { BakeEvent } from '../core/bake/event.ts';
import type { Facts } from '../core/bake/facts.ts';
import { AppError } from '../core/base/errors.ts';
import type { BakeStore, DeployRecord } from '../ports/bake-store.ts';

/**
 * Loads a bake, asks core which transition the event causes, and commits the new state with its effects.
 * Throws `AppError`: `not_found`, or `conflict` with the reason of the refusal.
 */
export async function moveBake(
  store: BakeStore,
  id: string,
  change: { readonly by: string; readonly event: BakeEvent | ((facts: Facts) => BakeEvent) },
): Promise<DeployRecord> {
  const result = await store.update(id, null, async (record, facts) => {
    const event = typeof change.event === 'function' ? change.event(await facts()) : change.event;
    return decide(record, event, change.by);
  });
  if (result.kind === 'committed') return result.record;
  if (result.kind === 'refused') throw new AppError('conflict', result.refusal);
  if (result.kind === 'lost') throw new AppError('conflict', 'the bake has changed in the meantime; look at it again');
  throw new AppError('not_found', `there is no deploy ${id}`);
}
