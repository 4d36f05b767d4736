import type { QueuedEffect } from '../core/bake/effect.ts';
import { digestWindowStart, route } from '../core/notify/route.ts';
import { actLinksFor } from './act-links.ts';
import { chartFor } from './chart-for.ts';
import type { DispatchDeps } from './deps.ts';
import { countGivenUp, giveUpReasons, recordGivenUp } from './give-up-notice.ts';
import { handOver } from './hand-over.ts';
import { noticeFor } from './notice-for.ts';

type NotifyEffect = Extract<QueuedEffect, { kind: 'notify' }>;

/**
 * Delivers a notice to one notifier as its rules say: now, later in a digest, or never. Throws when it must be retried. A notice that the receiver
 * refuses for good is given up at once, with an error in the log. Each attempt is recorded before it starts, so that the notifier knows when an earlier
 * one may have arrived.
 */
export async function deliverNotice(deps: DispatchDeps, effect: NotifyEffect, signal: AbortSignal): Promise<void> {
  const { id, bakeId, notifier, notice } = effect;
  const record = await deps.store.find(bakeId);
  const instance = deps.notifiers.get(notifier);
  if (record === null) return;
  if (instance === undefined) return await giveUp(deps, effect, giveUpReasons.undefinedNotifier);
  const { rules } = instance;
  const { service, environment } = record.deploy;
  const key = { bakeId, notifier, noticeId: id };
  const at = deps.clock.now();
  const start = await deps.store.beginDelivery({ ...key, notice, at, since: digestWindowStart(rules.digest, at) }, (history) =>
    route(rules, { topic: notice.topic, service, environment, at }, history),
  );
  if (start.kind === 'arrived') return;
  if (start.kind !== 'send') {
    deps.log.debug({ deploy: bakeId, notifier, topic: notice.topic, outcome: start.kind, reason: start.why }, 'notice not sent');
    return;
  }
  const measurements = await deps.store.measurements(bakeId);
  const actLinks = await actLinksFor(deps, { record, topic: notice.topic, notifier, instance });
  const source = { record, measurements, publicUrl: deps.publicUrl, template: rules.template, actLinks };
  const { memory, isRepeat } = start;
  const delivery = { memory, isRepeat, chart: () => chartFor(deps.store, record, notice.topic), signal };
  const answer = await handOver(deps, { instance, name: notifier, notice: noticeFor(effect, source) }, delivery);
  if ('refusal' in answer) await giveUp(deps, effect, answer.refusal);
  else await deps.store.endDelivery(key, answer.memory);
}

/** The queue has used up all tries. */
export async function noticeGaveUp(deps: DispatchDeps, effect: NotifyEffect): Promise<void> {
  await giveUp(deps, effect, giveUpReasons.unreachable);
}

async function giveUp(deps: DispatchDeps, effect: NotifyEffect, reason: string): Promise<void> {
  const { bakeId, notifier, notice } = effect;
  countGivenUp(deps, notifier);
  deps.log.error({ deploy: bakeId, notifier, topic: notice.topic, reason }, 'notice given up');
  await recordGivenUp(deps, effect, reason);
}
