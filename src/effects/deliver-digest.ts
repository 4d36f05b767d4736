import type { QueuedEffect } from '../core/bake/effect.ts';
import type { NonEmpty } from '../core/base/non-empty.ts';
import { buildDigest, type DigestEntry } from '../core/notify/digest.ts';
import type { DeployRecord } from '../ports/bake-store.ts';
import type { HeldNotice } from '../ports/delivery-store.ts';
import type { Notice } from '../ports/notifier.ts';
import { actLinksFor } from './act-links.ts';
import { chartFor } from './chart-for.ts';
import type { DispatchDeps } from './deps.ts';
import { countGivenUp, giveUpReasons, recordGivenUp } from './give-up-notice.ts';
import { handOver } from './hand-over.ts';
import { noticeFor, pageOf, titleFor } from './notice-for.ts';

type DigestEffect = Extract<QueuedEffect, { kind: 'digest' }>;
type HeldDeploy = { readonly held: HeldNotice; readonly record: DeployRecord };

/** Delivers the notices that were held back for a notifier in one message. Throws when it must be retried. */
export async function deliverDigest(deps: DispatchDeps, effect: DigestEffect, signal: AbortSignal): Promise<void> {
  const { held, isRepeat } = await deps.store.beginDigest(effect);
  const instance = deps.notifiers.get(effect.notifier);
  const deploys: HeldDeploy[] = [];
  for (const one of held) {
    const record = await deps.store.find(one.bakeId);
    if (record !== null) deploys.push({ held: one, record });
  }
  const [first, ...others] = deploys;
  if (first === undefined) return;
  if (instance === undefined) return await giveUp(deps, effect, giveUpReasons.undefinedNotifier);
  const isAlone = others.length === 0;
  const notice = isAlone ? await noticeOfOne(deps, effect, first) : digestNotice([first, ...others], effect, deps.publicUrl);
  const chart = async () => (isAlone ? await chartFor(deps.store, first.record, first.held.notice.topic) : null);
  const delivery = { memory: isAlone ? first.held.memory : null, isRepeat, chart, signal };
  const answer = await handOver(deps, { instance, name: effect.notifier, notice }, delivery);
  if ('refusal' in answer) await giveUp(deps, effect, answer.refusal);
  else await deps.store.endDigest(effect, isAlone ? { memory: answer.memory } : {});
}

/** The queue has used up all tries. */
export async function digestGaveUp(deps: DispatchDeps, effect: DigestEffect): Promise<void> {
  await giveUp(deps, effect, giveUpReasons.unreachable);
}

async function giveUp(deps: DispatchDeps, effect: DigestEffect, reason: string): Promise<void> {
  const { notifier } = effect;
  const { held } = await deps.store.beginDigest(effect);
  countGivenUp(deps, notifier);
  deps.log.error({ notifier, deploys: held.length, reason }, 'digest given up');
  for (const { bakeId, notice } of held) await recordGivenUp(deps, { bakeId, notifier, notice }, reason);
  await deps.store.endDigest(effect, 'dropped');
}

async function noticeOfOne(deps: DispatchDeps, { notifier }: DigestEffect, { held, record }: HeldDeploy): Promise<Notice> {
  const { bakeId, noticeId, notice } = held;
  const measurements = await deps.store.measurements(bakeId);
  const instance = deps.notifiers.get(notifier);
  const template = instance?.rules.template ?? {};
  const actLinks = instance === undefined ? [] : await actLinksFor(deps, { record, topic: notice.topic, notifier, instance });
  const source = { record, measurements, publicUrl: deps.publicUrl, template, actLinks };
  return noticeFor({ id: noticeId, bakeId, kind: 'notify', notifier, notice }, source);
}

/** A notice about many deploys. The fields of one deploy describe all of them. */
function digestNotice(deploys: NonEmpty<HeldDeploy>, { id, at }: DigestEffect, publicUrl: string | null): Notice {
  const [first, ...others] = deploys;
  const entries: NonEmpty<DigestEntry> = [entryOf(first, publicUrl), ...others.map((one) => entryOf(one, publicUrl))];
  const { topic, title, reasons, links } = buildDigest(entries);
  const environments = [...new Set(entries.map(({ environment }) => environment))].sort();
  return {
    id,
    topic,
    at,
    isDigest: true,
    deployId: id,
    service: `${entries.length} deploys`,
    environment: environments.join(', '),
    version: '',
    release: { version: '', metadata: {} },
    registeredAt: at,
    registeredBy: 'bakewatch',
    state: first.record.bake.state,
    target: null,
    checks: [],
    title,
    summary: title,
    reasons,
    details: [],
    url: publicUrl,
    links,
  };
}

function entryOf({ held: { notice }, record }: HeldDeploy, publicUrl: string | null): DigestEntry {
  const { service, environment, release } = record.deploy;
  const { topic, reasons } = notice;
  return {
    topic,
    reasons,
    service,
    environment,
    version: release.version,
    title: titleFor(topic, record),
    url: pageOf(record.deploy, publicUrl),
  };
}
