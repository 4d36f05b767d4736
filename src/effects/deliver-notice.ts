import type { QueuedEffect } from '../core/effect.ts';
import { EffectError } from '../core/errors.ts';
import type { DispatchDeps } from './dispatch.ts';
import { noticeFor } from './notice-for.ts';

type Notify = Extract<QueuedEffect, { kind: 'notify' }>;

/**
 * Tells one notifier. Throws when it must be tried again; a notice that the receiver refuses for good is given up loudly at once. Each try is recorded
 * before it starts, so that a notifier learns when an earlier one may have arrived.
 */
export async function deliverNotice(deps: DispatchDeps, effect: Notify, signal: AbortSignal): Promise<void> {
  const { bakeId, notifier } = effect;
  const record = await deps.store.find(bakeId);
  const instance = deps.notifiers.get(notifier);
  if (record === null) return;
  if (instance === undefined) return await giveUp(deps, effect, 'it is not defined any more');
  const key = { bakeId, notifier, noticeId: effect.id };
  const { memory, state } = await deps.store.beginDelivery(key);
  if (state === 'arrived') return;
  const notice = noticeFor(effect, { record, measurements: await deps.store.measurements(bakeId), publicUrl: deps.publicUrl });
  try {
    const remembered = await instance.notifier.notify(notice, { memory, isRepeat: state === 'repeated', signal });
    await deps.store.endDelivery(key, remembered);
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
