import { isFinal } from '../core/bake/bake.ts';
import type { QueuedEffect } from '../core/bake/effect.ts';
import type { DeployRecord } from '../ports/bake-store.ts';
import type { FingerprintMoment } from '../ports/deploy-catalog.ts';
import type { DispatchDeps } from './deps.ts';

type RememberEffect = Extract<QueuedEffect, { kind: 'remember_running' }>;

/**
 * Asks the platform what runs when a deploy has finished, and again when it becomes known good, and stores the answers. A later rollback to it expects
 * what both answers say. If a newer deploy is registered, the answer would describe that one.
 */
export async function rememberRunning(deps: DispatchDeps, effect: RememberEffect, signal: AbortSignal): Promise<void> {
  const record = await deps.store.find(effect.bakeId);
  const instance = deps.hooks.get(record?.plan.hook ?? '');
  if (record === null || instance === undefined) return;
  const moment = momentOf(effect, record);
  if (moment === null || !(await isNewest(deps, record))) return;
  const { service, environment } = record.deploy;
  const fingerprint = await instance.hook.current({ service, environment }, signal);
  // A deploy that was registered while the platform was asked may have been placed before that.
  if (fingerprint === null || !(await isNewest(deps, record))) return;
  await deps.store.saveFingerprint(effect.bakeId, fingerprint, moment);
}

/** `null`: the effect is performed too late to say what ran when the deploy had finished. */
function momentOf({ moment = 'passed' }: RememberEffect, { deploy, bake }: DeployRecord): FingerprintMoment | null {
  if (deploy.adopted) return 'adopted';
  // A rollback may have put another release back already.
  const isOver = isFinal(bake) || bake.state === 'rolling_back' || bake.state === 'verifying';
  return moment === 'deployed' && isOver ? null : moment;
}

async function isNewest({ store }: DispatchDeps, { deploy: { id, service, environment } }: DeployRecord): Promise<boolean> {
  const [newest] = await store.list({ service, environment, limit: 1 });
  return newest?.deploy.id === id;
}
