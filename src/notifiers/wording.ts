import type { Topic } from '../core/effect.ts';

/** What a title speaks of. `target` is the version of the rollback that goes with the topic, or `null` where there is none. */
export type Subject = {
  readonly topic: Topic;
  readonly service: string;
  readonly environment: string;
  readonly version: string;
  readonly target: string | null;
};

/** The one line that says what happened: "shop v2 (production) is unhealthy: rolling back to v1". */
export function titleOf({ topic, service, environment, version, target }: Subject): string {
  return `${service} ${version} (${environment}) ${phrases[topic](target)}`;
}

const phrases: Readonly<Record<Topic, (target: string | null) => string>> = {
  started: () => 'is being watched',
  unhealthy: (target) => `is unhealthy${target === null ? '' : `: rolling back to ${target}`}`,
  approval: (target) => `is unhealthy: waiting for approval to roll back${to(target)}`,
  rolled_back: (target) => `was rolled back${to(target)}`,
  recovered: (target) => `was rolled back${to(target)}, and the service has recovered`,
  failed: () => 'needs a person now',
  inconclusive: () => 'ended its bake without an answer',
  blind: () => 'cannot be watched at the moment',
  sighted: () => 'can be watched again',
  passed: () => 'passed its bake',
};

function to(target: string | null): string {
  return target === null ? '' : ` to ${target}`;
}

/** How urgent a topic is: `bad` and `wait` want a person's eyes, `good` and `info` do not. */
export type Tone = 'bad' | 'wait' | 'good' | 'info';

/** The tone of each topic, for colors and sounds. */
export const tones: Readonly<Record<Topic, Tone>> = {
  started: 'info',
  unhealthy: 'bad',
  approval: 'wait',
  rolled_back: 'wait',
  recovered: 'good',
  failed: 'bad',
  inconclusive: 'wait',
  blind: 'wait',
  sighted: 'good',
  passed: 'good',
};
