import type { Topic } from '../core/effect.ts';

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
  stopped: 'info',
  drill_failed: 'bad',
};
