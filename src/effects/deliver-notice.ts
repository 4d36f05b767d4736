import type { QueuedEffect } from '../core/bake/effect.ts';
import { digestWindowStart, route } from '../core/notify/route.ts';
import { chartFor } from './chart-for.ts';
import type { DispatchDeps } from './deps.ts';
import { handOver } from './hand-over.ts';
import { noticeFor } from './notice-for.ts';

type NotifyEffect = Extract<QueuedEffect, { kind: 'notify' }>;

/**
 * Tells one notifier, as its rules say: now, later in a digest, or not at all. Throws when it must be tried again; a notice that the receiver refuses for
 * good is given up loudly at once. Each try is recorded before it starts, so that a notifier learns when an earlier one may have arrived.
 */
export async function deliverNotice(deps: DispatchDeps, effect: NotifyEffect, signal: AbortSignal): Promise<void> {
  const { id, bakeId, notifier, notice } = effect;
  const record = await deps.store.find(bakeId);
  const instance = deps.notifiers.get(notifier);
  if (record === null) return;
  if (instance === undefined) return await giveUp(deps, effect, 'it is not defined any more');
  const { rules } = instance;
  const { service, environment } = record.deploy;
  const key = { bakeId, notifier, noticeId: id };
  const at = deps.clock.now();
  const start = await deps.store.beginDelivery({ ...key, notice, at, since: digestWindowStart(rules.digest, at) }, (told) =>
    route(rules, { topic: notice.topic, service, environment, at }, told),
  );
  if (start.kind === 'arrived') return;
  if (start.kind !== 'send') {
    deps.log.debug({ deploy: bakeId, notifier, topic: notice.topic, outcome: start.kind, reason: start.why }, 'notice not sent');
    return;
  }
  const measurements = await deps.store.measurements(bakeId);
  const source = { record, measurements, publicUrl: deps.publicUrl, template: rules.template };
  const { memory, isRepeat } = start;
  const delivery = { memory, isRepeat, chart: () => chartFor(deps.store, record, notice.topic), signal };
  const answer = await handOver(deps, { instance, name: notifier, notice: noticeFor(effect, source) }, delivery);
  if ('refusal' in answer) await giveUp(deps, effect, answer.refusal);
  else await deps.store.endDelivery(key, answer.memory);
}

/** The tries are used up. */
export async function noticeGaveUp(deps: DispatchDeps, effect: NotifyEffect): Promise<void> {
  await giveUp(deps, effect, 'it could not be reached');
}

async function giveUp(deps: DispatchDeps, effect: NotifyEffect, why: string): Promise<void> {
  const text = `${effect.notifier} was not told that the deploy is ${effect.notice.topic}: ${why}`;
  deps.meter.gaveUp({ kind: 'notify', plugin: deps.notifiers.get(effect.notifier)?.type ?? 'unknown' });
  deps.log.error({ deploy: effect.bakeId, notifier: effect.notifier, topic: effect.notice.topic, reason: why }, 'notice given up');
  await deps.store.appendTimeline(effect.bakeId, { at: deps.clock.now(), kind: 'notice_given_up', by: 'bakewatch', text });
}
