import { isRolledForward } from '../core/bake/bake.ts';
import { type Deploy, type Link, type Target, targetName } from '../core/bake/deploy.ts';
import type { QueuedEffect, Topic } from '../core/bake/effect.ts';
import { answersOf } from '../core/judge/check-answer.ts';
import type { Measurement } from '../core/judge/measurement.ts';
import { asidesOf, reasonLayers } from '../core/judge/reason-layers.ts';
import { noticeSummary, noticeTitle } from '../core/notify/notice-title.ts';
import { applyTemplate, ownTexts, type Template } from '../core/notify/template.ts';
import type { DeployRecord } from '../ports/bake-store.ts';
import type { Notice } from '../ports/notifier.ts';

type NoticeEffectSource = Extract<QueuedEffect, { kind: 'notify' }>;
type NoticeInput = {
  readonly record: DeployRecord;
  readonly measurements: readonly Measurement[];
  readonly publicUrl: string | null;
  readonly template: Template;
  /** Links that act. They come first, because some receivers show only a few. */
  readonly actLinks: readonly Link[];
};

/** Builds the message of a committed notice, with the state of its deploy at the time of sending. */
export function noticeFor(
  { id, notice }: NoticeEffectSource,
  { record, measurements, publicUrl, template, actLinks }: NoticeInput,
): Notice {
  const { deploy, bake, ruleSet } = record;
  const { service, environment, release, links, registeredAt, registeredBy } = deploy;
  const { topic, reasons } = notice;
  const target = targetOf(record)?.version ?? null;
  const url = pageOf(deploy, publicUrl);
  const { version, commit = '' } = release;
  const own = ownTexts(template, topic);
  const message = applyTemplate(
    template,
    { title: titleFor(topic, record), reasons },
    { topic, service, environment, version, commit, by: registeredBy, target: target ?? '', url: url ?? '' },
  );
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
    checks: answersOf(ruleSet.checks, measurements).map(({ name, critical, outcome, headline, reason }) => ({
      name,
      critical,
      outcome,
      headline,
      reason,
    })),
    ...message,
    summary: own.title === undefined ? noticeSummary(topic, deploy, { target, headline: reasons[0] }) : message.title,
    details: own.text === undefined ? detailsOf(notice, ruleSet.checks, measurements) : [],
    url,
    links: [...actLinks, ...links],
  };
}

/** The address of a deploy's page, or `null` where the server has no public URL. */
export function pageOf({ id }: Deploy, publicUrl: string | null): string | null {
  return publicUrl === null ? null : `${publicUrl.replace(/\/$/, '')}/deploys/${id}`;
}

/** What happened to a deploy, in one line. */
export function titleFor(topic: Topic, record: DeployRecord): string {
  const target = targetOf(record);
  const { bake, deploy } = record;
  if (isRolledForward(bake) && (topic === 'recovered' || topic === 'inconclusive')) return noticeTitle(`forward_${topic}`, deploy, null);
  const isUnconfirmed = topic === 'inconclusive' && bake.state === 'rolled_back' && bake.unconfirmed !== undefined;
  const isUnsure = topic === 'passed' && bake.state === 'passed' && bake.confidence === 'low';
  const title = noticeTitle(isUnconfirmed ? 'unconfirmed' : topic, deploy, target && targetName(target));
  return `${title}${isUnsure ? ', with low confidence' : ''}`;
}

/** The release that is being, was or would be put back. */
function targetOf({ bake }: DeployRecord): Target | null {
  return 'order' in bake ? bake.order.target : 'target' in bake ? bake.target : null;
}

/** The topics that end or decide something: only they repeat what is to know of other checks. */
const decidingTopics: ReadonlySet<Topic> = new Set(['unhealthy', 'approval', 'failed', 'inconclusive', 'passed']);

/** What lies below the reasons. Where several checks are among them, each sentence names its check. */
function detailsOf(
  { topic, reasons }: NoticeEffectSource['notice'],
  checks: DeployRecord['ruleSet']['checks'],
  measurements: readonly Measurement[],
): readonly string[] {
  const of = (wanted: Measurement['phase']) =>
    answersOf(
      checks,
      measurements.filter(({ phase }) => phase === wanted),
    );
  const baking = of('baking');
  const layers = reasonLayers(reasons, [...baking, ...of('verifying')]).filter(({ because }) => because !== '');
  const becauses = layers.map(({ check, because }) => (layers.length > 1 ? `${check}: ${because}` : because));
  const asides = decidingTopics.has(topic) ? asidesOf(reasons, baking) : [];
  // What weakens a pass is more important than why its checks pass.
  return [...new Set(topic === 'passed' ? [...asides, ...becauses] : [...becauses, ...asides])];
}
