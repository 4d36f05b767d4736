import { boundFor, defaultBound } from '../judge/readings.ts';
import type { Verdict } from '../judge/verdict.ts';
import type { CheckRule } from '../rules/rule-set.ts';
import { unitOf } from '../rules/unit-of.ts';
import { inUnitOfBounds } from '../series/check-unit.ts';
import type { Stretch } from '../series/ticks.ts';

/**
 * The bucket bound above which a latency chart counts requests as slow: the bound of the verdict that decided, or else the one of the rules, or else the
 * default from the past. `null`: none.
 */
export function latencyBound({ failWhen, ...rule }: CheckRule, stretch: Stretch | null, decided: Verdict | null): number | null {
  if (stretch === null || stretch.ticks.kind !== 'latency') return null;
  const { le } = stretch.ticks;
  const judged = decided?.evidence?.bound;
  const own = judged === undefined ? null : boundFor(le, judged);
  if (own !== null) return own;
  const asked = failWhen.map(({ params }) => params.slower_than).find((ms) => typeof ms === 'number');
  return asked === undefined ? defaultBound(stretch.ticks) : boundFor(le, inUnitOfBounds(asked, unitOf(rule)));
}
