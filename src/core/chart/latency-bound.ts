import { boundFor, defaultBound } from '../judge/readings.ts';
import type { CheckRule } from '../rules/rule-set.ts';
import type { Stretch } from '../series/ticks.ts';

/** The bucket bound, in seconds, above which a latency chart counts requests as slow: from the rules, or else the default from the past. `null`: none. */
export function latencyBound({ failWhen }: CheckRule, stretch: Stretch | null): number | null {
  if (stretch === null || stretch.ticks.kind !== 'latency') return null;
  const asked = failWhen.map(({ params }) => params.slower_than).find((ms) => typeof ms === 'number');
  return asked === undefined ? defaultBound(stretch.ticks) : boundFor(stretch.ticks.le, asked / 1000);
}
