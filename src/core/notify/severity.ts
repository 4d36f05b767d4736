import type { Topic } from '../bake/effect.ts';

/** How urgently a notice needs a person, lowest first: `info` and `good` do not, `wait` needs a look soon, `bad` needs a person now. */
export const severities = ['info', 'good', 'wait', 'bad'] as const;
/** How urgently a notice needs a person. */
export type Severity = (typeof severities)[number];

/** The severity of each topic. */
export const severityOf: Readonly<Record<Topic, Severity>> = {
  started: 'info',
  stopped: 'info',
  unfrozen: 'good',
  passed: 'good',
  recovered: 'good',
  sighted: 'good',
  rolled_back: 'wait',
  inconclusive: 'wait',
  blind: 'wait',
  drill_failed: 'wait',
  elsewhere: 'wait',
  rolled_forward: 'wait',
  frozen: 'wait',
  disarmed: 'wait',
  approval: 'bad',
  unhealthy: 'bad',
  failed: 'bad',
};

/** The topics that are still useful hours later. */
const lastingTopics: ReadonlySet<Topic> = new Set([
  'approval',
  'blind',
  'disarmed',
  'drill_failed',
  'elsewhere',
  'failed',
  'frozen',
  'inconclusive',
  'recovered',
  'rolled_back',
  'rolled_forward',
  'unfrozen',
  'unhealthy',
]);

/** Whether a notice is still useful hours later. */
export function isLasting(topic: Topic): boolean {
  return lastingTopics.has(topic);
}

/** Whether the notice says that something is wrong with the deploy itself and not over yet. */
export function isAlarm(topic: Topic): boolean {
  return severityOf[topic] === 'bad' || topic === 'rolled_back';
}

/** Whether a severity reaches a minimum. */
export function isAtLeast(severity: Severity, minimum: Severity): boolean {
  return severities.indexOf(severity) >= severities.indexOf(minimum);
}
