import type { QueuedEffect } from '../core/effect.ts';
import type { Measurement } from '../core/measurement.ts';
import { noticeTitle } from '../core/notice-title.ts';
import type { Notice, NoticeCheck } from '../ports/notifier.ts';
import type { DeployRecord } from '../ports/store.ts';

type Notify = Extract<QueuedEffect, { kind: 'notify' }>;
type Source = { readonly record: DeployRecord; readonly measurements: readonly Measurement[]; readonly publicUrl: string | null };

/** The message of a committed notice, with what is known of its deploy when it is sent. */
export function noticeFor({ id, notice }: Notify, { record, measurements, publicUrl }: Source): Notice {
  const { deploy, bake, ruleSet } = record;
  const { service, environment, release, links, registeredAt, registeredBy } = deploy;
  const target = 'order' in bake ? bake.order.target.version : 'target' in bake ? bake.target.version : null;
  return {
    id,
    topic: notice.topic,
    at: notice.at,
    deployId: deploy.id,
    service,
    environment,
    version: release.version,
    release,
    registeredAt,
    registeredBy,
    state: bake.state,
    target,
    checks: ruleSet.checks.map(({ name, critical }) => ({ name, critical, ...lastAnswer(measurements, name) })),
    title: noticeTitle(notice.topic, deploy, target),
    reasons: notice.reasons,
    url: publicUrl === null ? null : `${publicUrl.replace(/\/$/, '')}/deploys/${deploy.id}`,
    links,
  };
}

function lastAnswer(measurements: readonly Measurement[], check: string): Pick<NoticeCheck, 'outcome' | 'reason'> {
  const last = measurements.findLast((one) => one.check === check);
  return last === undefined
    ? { outcome: 'not_asked', reason: 'not asked yet' }
    : { outcome: last.result.outcome, reason: last.result.reason };
}
