import { type Deploy, type Target, targetName } from '../core/bake/deploy.ts';
import type { QueuedEffect, Topic } from '../core/bake/effect.ts';
import type { Measurement } from '../core/judge/measurement.ts';
import { noticeTitle } from '../core/notify/notice-title.ts';
import { applyTemplate, type Template } from '../core/notify/template.ts';
import type { DeployRecord } from '../ports/bake-store.ts';
import type { Notice, NoticeCheck } from '../ports/notifier.ts';

type NoticeEffectSource = Extract<QueuedEffect, { kind: 'notify' }>;
type NoticeInput = {
  readonly record: DeployRecord;
  readonly measurements: readonly Measurement[];
  readonly publicUrl: string | null;
  readonly template: Template;
};

/** Builds the message of a committed notice, with the state of its deploy at the time of sending. */
export function noticeFor({ id, notice }: NoticeEffectSource, { record, measurements, publicUrl, template }: NoticeInput): Notice {
  const { deploy, bake, ruleSet } = record;
  const { service, environment, release, links, registeredAt, registeredBy } = deploy;
  const { topic, reasons } = notice;
  const target = targetOf(record)?.version ?? null;
  const url = pageOf(deploy, publicUrl);
  const { version, commit = '' } = release;
  const values = { topic, service, environment, version, commit, by: registeredBy, target: target ?? '', url: url ?? '' };
  return {
    id,
    topic,
    at: notice.at,
    isDigest: false,
    deployId: deploy.id,
    service,
    environment,
    version,
    release,
    registeredAt,
    registeredBy,
    state: bake.state,
    target,
    checks: ruleSet.checks.map(({ name, critical }) => ({ name, critical, ...lastAnswer(measurements, name) })),
    ...applyTemplate(template, { title: titleFor(topic, record), reasons }, values),
    url,
    links,
  };
}

/** The address of a deploy's page, or `null` where the server has no public URL. */
export function pageOf({ id }: Deploy, publicUrl: string | null): string | null {
  return publicUrl === null ? null : `${publicUrl.replace(/\/$/, '')}/deploys/${id}`;
}

/** What happened to a deploy, in one line. */
export function titleFor(topic: Topic, record: DeployRecord): string {
  const target = targetOf(record);
  const { bake } = record;
  const isUnconfirmed = topic === 'inconclusive' && bake.state === 'rolled_back' && bake.unconfirmed !== undefined;
  return noticeTitle(isUnconfirmed ? 'unconfirmed' : topic, record.deploy, target && targetName(target));
}

/** The release that is being, was or would be put back. */
function targetOf({ bake }: DeployRecord): Target | null {
  return 'order' in bake ? bake.order.target : 'target' in bake ? bake.target : null;
}

function lastAnswer(measurements: readonly Measurement[], check: string): Pick<NoticeCheck, 'outcome' | 'reason'> {
  const last = measurements.findLast((one) => one.check === check);
  return last === undefined
    ? { outcome: 'not_asked', reason: 'not asked yet' }
    : { outcome: last.result.outcome, reason: last.result.reason };
}
