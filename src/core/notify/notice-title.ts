import type { Deploy } from '../bake/deploy.ts';
import { type AnnouncedTopic, announcedTopics, type Topic } from '../bake/effect.ts';
import { freezeTitle } from './freeze-notice.ts';

/** What a title is about: a topic, or a variant of one. */
type TitleKind = Exclude<Topic, AnnouncedTopic> | 'unconfirmed' | 'forward_recovered' | 'forward_inconclusive';

const titles: Readonly<Record<TitleKind, string>> = {
  started: 'is baking',
  unhealthy: 'is unhealthy: rolling back to TARGET',
  approval: 'is unhealthy: approve the rollback to TARGET?',
  rolled_back: 'was rolled back to TARGET; watching whether the service recovers',
  recovered: 'was rolled back to TARGET, and the service has recovered',
  unconfirmed: 'was rolled back to TARGET; its recovery could not be measured',
  failed: 'needs a person now',
  inconclusive: 'could not be judged',
  blind: 'cannot be watched: its metrics cannot be read',
  sighted: 'is being watched again',
  passed: 'passed its bake',
  stopped: 'is no longer watched',
  drill_failed: 'cannot be the target of a rollback: the drill failed',
  elsewhere: 'fails its checks, but the cause may lie elsewhere',
  rolled_forward: 'runs again: a person rolled forward to it; watching whether the service is healthy',
  disarmed: 'was registered so that an automatic rollback is off',
  forward_recovered: 'was rolled forward, and the service is healthy',
  forward_inconclusive: 'was rolled forward; whether the service is healthy could not be measured',
};

type TitleFields = Pick<Deploy, 'service' | 'environment'> & { readonly release: Pick<Deploy['release'], 'version'> };

/**
 * The title of a notice: what happened to which deploy. `target` is the version that a rollback returns to, or `null`. `unconfirmed`: of a rollback whose
 * recovery could not be measured. `forward_…`: of a roll forward.
 */
export function noticeTitle(
  topic: TitleKind | AnnouncedTopic,
  { service, environment, release }: TitleFields,
  target: string | null,
): string {
  if (isAnnounced(topic)) return freezeTitle(topic, service);
  return `${service} ${release.version} (${environment}) ${titles[topic].replace('TARGET', target ?? 'the last known-good release')}`;
}

function isAnnounced(topic: TitleKind | AnnouncedTopic): topic is AnnouncedTopic {
  return announcedTopics.some((one) => one === topic);
}

/** What a person who is called must know besides the headline. */
const calls: Readonly<Partial<Record<Topic, string>>> = {
  unhealthy: '; rolling back to TARGET',
  approval: '; approve the rollback to TARGET?',
  failed: '; needs a person now',
};

/** The line with which a pager calls: which deploy, the headline, and what is asked of the person. */
export function noticeSummary(
  topic: Topic,
  { service, environment, release }: TitleFields,
  { target, headline }: { readonly target: string | null; readonly headline: string },
): string {
  const call = (calls[topic] ?? '').replace('TARGET', target ?? 'the last known-good release');
  return `${service} ${release.version} (${environment}): ${headline}${call}`;
}
