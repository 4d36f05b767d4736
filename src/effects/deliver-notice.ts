import type { QueuedEffect } from '../core/effect.ts';
import { EffectError } from '../core/errors.ts';
import { noticeTitle } from '../core/notice-title.ts';
import type { Notice } from '../ports/notifier.ts';
import type { DeployRecord } from '../ports/store.ts';
import type { DispatchDeps } from './dispatch.ts';

type Notify = Extract<QueuedEffect, { kind: 'notify' }>;

/** Tells one notifier. Throws when it must be tried again; a notice that the receiver refuses for good is given up loudly at once. */
export async function deliverNotice(deps: DispatchDeps, effect: Notify, signal: AbortSignal): Promise<void> {
  const record = await deps.store.find(effect.bakeId);
  const instance = deps.notifiers.get(effect.notifier);
  if (record === null) return;
  if (instance === undefined) return await giveUp(deps, effect, 'it is not defined any more');
  try {
    await instance.notifier.notify(noticeFor(effect, record, deps.publicUrl), signal);
    deps.meter.attempted({ kind: 'notify', plugin: instance.type, outcome: 'succeeded' });
  } catch (error) {
    if (!(error instanceof EffectError)) throw error;
    deps.meter.attempted({ kind: 'notify', plugin: instance.type, outcome: error.kind });
    deps.log.debug(
      { deploy: effect.bakeId, notifier: effect.notifier, outcome: error.kind, reason: error.message },
      'notice not delivered',
    );
    if (error.kind !== 'refused') throw error;
    await giveUp(deps, effect, error.message);
  }
}

/** The tries are used up. */
export async function noticeGaveUp(deps: DispatchDeps, effect: Notify): Promise<void> {
  await giveUp(deps, effect, 'it could not be reached');
}

async function giveUp(deps: DispatchDeps, effect: Notify, why: string): Promise<void> {
  const text = `${effect.notifier} was not told that the deploy is ${effect.notice.topic}: ${why}`;
  deps.meter.gaveUp({ kind: 'notify', plugin: deps.notifiers.get(effect.notifier)?.type ?? 'unknown' });
  deps.log.error({ deploy: effect.bakeId, notifier: effect.notifier, topic: effect.notice.topic, reason: why }, 'notice given up');
  await deps.store.appendTimeline(effect.bakeId, { at: deps.clock.now(), kind: 'notice_given_up', by: 'bakewatch', text });
}

function noticeFor({ id, notice }: Notify, { deploy, bake }: DeployRecord, publicUrl: string | null): Notice {
  const { service, environment, release, links } = deploy;
  return {
    id,
    topic: notice.topic,
    at: notice.at,
    deployId: deploy.id,
    service,
    environment,
    version: release.version,
    title: noticeTitle(notice.topic, deploy, 'order' in bake ? bake.order.target.version : 'target' in bake ? bake.target.version : null),
    reasons: notice.reasons,
    url: publicUrl === null ? null : `${publicUrl.replace(/\/$/, '')}/deploys/${deploy.id}`,
    links,
  };
}
