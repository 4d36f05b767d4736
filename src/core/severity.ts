import type { Topic } from './effect.ts';

/** How much a notice wants a person, from the least: `info` and `good` do not, `wait` wants eyes some time, `bad` wants them now. */
export type Severity = 'info' | 'good' | 'wait' | 'bad';

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
