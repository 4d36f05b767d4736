import type { Deploy } from './deploy.ts';
import type { Topic } from './effect.ts';

const titles: Readonly<Record<Topic, string>> = {
  started: 'is baking',
  unhealthy: 'is unhealthy and is being rolled back',
  approval: 'is unhealthy: approve the rollback?',
  rolled_back: 'was rolled back; watching the recovery',
  recovered: 'was rolled back and the service has recovered',
  failed: 'needs a person now',
  inconclusive: 'could not be judged',
  blind: 'cannot be watched: its metrics cannot be asked for',
  sighted: 'is being watched again',
  passed: 'passed its bake',
};

/** One line that says what happened to which deploy. */
export function noticeTitle(topic: Topic, { service, environment, release }: Deploy): string {
  return `${service} ${release.version} (${environment}) ${titles[topic]}`;
}
