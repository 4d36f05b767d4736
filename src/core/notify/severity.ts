import type { Topic } from '../bake/effect.ts';

/** How much a notice wants a person, from the least: `info` and `good` do not, `wait` wants eyes some time, `bad` wants them now. */
export const severities = ['info', 'good', 'wait', 'bad'] as const;
export type Severity = (typeof severities)[number];

/** The severity of each topic. */
export const severityOf: Readonly<Record<Topic, Severity>> = {
  started: 'info',
  stopped: 'info',
  passed: 'good',
  recovered: 'good',
  sighted: 'good',
  rolled_back: 'wait',
  inconclusive: 'wait',
  blind: 'wait',
  drill_failed: 'wait',
  approval: 'bad',
  unhealthy: 'bad',
  failed: 'bad',
};

/** The topics that are still worth telling hours later. */
const lastingTopics: ReadonlySet<Topic> = new Set([
  'approval',
  'blind',
  'drill_failed',
  'failed',
  'inconclusive',
  'recovered',
  'rolled_back',
  'unhealthy',
]);

export function isLasting(topic: Topic): boolean {
  return lastingTopics.has(topic);
}

/** Whether something is wrong with the deploy itself, and not over yet. */
export function isAlarm(topic: Topic): boolean {
  return severityOf[topic] === 'bad' || topic === 'rolled_back';
}

export function isAtLeast(severity: Severity, least: Severity): boolean {
  return severities.indexOf(severity) >= severities.indexOf(least);
}
