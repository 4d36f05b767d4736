import type { QueuedEffect } from '../core/bake/effect.ts';
import { routeAnnouncement } from '../core/notify/route.ts';
import { applyTemplate, type Template } from '../core/notify/template.ts';
import type { Notice } from '../ports/notifier.ts';
import type { DispatchDeps } from './deps.ts';
import { countGivenUp, giveUpReasons } from './give-up-notice.ts';
import { handOver } from './hand-over.ts';

type AnnounceEffect = Extract<QueuedEffect, { kind: 'announce' }>;

/** Delivers a notice that is about no deploy: now, after the quiet time, or never. Throws when it must be retried. */
export async function deliverAnnouncement(deps: DispatchDeps, effect: AnnounceEffect, signal: AbortSignal): Promise<void> {
  const { notifier: name, topic, service } = effect;
  const instance = deps.notifiers.get(name);
  if (instance === undefined) return giveUp(deps, effect, giveUpReasons.undefinedNotifier);
  if (instance.notifier.announces !== true) return;
  const choice = routeAnnouncement(instance.rules, { topic, service, at: deps.clock.now() });
  if (choice.kind === 'hold') return await deps.store.postpone({ ...effect, notBefore: choice.until });
  if (choice.kind !== 'send') {
    deps.log.debug({ notifier: name, topic, outcome: choice.kind, reason: choice.why }, 'notice not sent');
    return;
  }
  const notice = announcementFor(effect, { template: instance.rules.template, publicUrl: deps.publicUrl });
  // There is no row that says whether an earlier attempt was made.
  const delivery = { memory: null, isRepeat: true, chart: async () => null, signal };
  const answer = await handOver(deps, { instance, name, notice }, delivery);
  if ('refusal' in answer) giveUp(deps, effect, answer.refusal);
}

/** The queue has used up all tries. */
export function announcementGaveUp(deps: DispatchDeps, effect: AnnounceEffect): void {
  giveUp(deps, effect, giveUpReasons.unreachable);
}

function giveUp(deps: DispatchDeps, { notifier, topic, service }: AnnounceEffect, reason: string): void {
  countGivenUp(deps, notifier);
  deps.log.error({ notifier, topic, service: service ?? 'all', reason }, 'notice given up');
}

/** The message. The fields of a deploy describe all deploys that it concerns, as those of a digest do. */
function announcementFor(
  { id, topic, service, at, title, reasons }: AnnounceEffect,
  { template, publicUrl }: { readonly template: Template; readonly publicUrl: string | null },
): Notice {
  const url = publicUrl === null ? null : `${publicUrl.replace(/\/$/, '')}/freeze`;
  const place = { service: service ?? 'all services', environment: 'all environments' };
  const message = applyTemplate(
    template,
    { title, reasons },
    { topic, ...place, version: '', commit: '', by: 'bakewatch', target: '', url: url ?? '' },
  );
  return {
    id,
    topic,
    at,
    isDigest: true,
    deployId: id,
    ...place,
    version: '',
    release: { version: '', metadata: {} },
    registeredAt: at,
    registeredBy: 'bakewatch',
    state: 'passed',
    target: null,
    checks: [],
    ...message,
    summary: message.title,
    details: [],
    url,
    links: [],
  };
}
