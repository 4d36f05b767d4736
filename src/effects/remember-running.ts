import type { QueuedEffect } from '../core/bake/effect.ts';
import type { DispatchDeps } from './deps.ts';

/** Asks the platform what runs when a release becomes known good, and stores the answer: a later rollback to it expects exactly this. */
export async function rememberRunning(
  deps: DispatchDeps,
  effect: Extract<QueuedEffect, { kind: 'remember_running' }>,
  signal: AbortSignal,
): Promise<void> {
  const record = await deps.store.find(effect.bakeId);
  const instance = deps.hooks.get(record?.plan.hook ?? '');
  if (record === null || instance === undefined) return;
  const { service, environment } = record.deploy;
  // If a newer deploy runs, the answer would describe that one.
  const [newest] = await deps.store.list({ service, environment, limit: 1 });
  if (newest?.deploy.id !== effect.bakeId) return;
  const fingerprint = await instance.hook.current({ service, environment }, signal);
  if (fingerprint !== null) await deps.store.saveFingerprint(effect.bakeId, fingerprint);
}
