import { inUnitOfBounds } from '../series/check-unit.ts';
import type { CheckRule } from './rule-set.ts';
import { unitOf } from './unit-of.ts';

/** From 8 ms to 16 s, each twice the one before: where a rule does not say what is slow, the past decides which of them counts. */
const defaultBoundsMs = Array.from({ length: 12 }, (_, i) => 2 ** i * 7.8125);

/** The bounds at which the conditions of a latency check need counts, in the unit of the metric. */
export function latencyBounds({ failWhen, ...rule }: Pick<CheckRule, 'failWhen' | 'question' | 'unit'>): readonly number[] {
  const asked = failWhen.map(({ params }) => params.slower_than);
  const limits = asked.filter((ms) => typeof ms === 'number');
  const all = limits.length === asked.length && limits.length > 0 ? limits : [...limits, ...defaultBoundsMs];
  const unit = unitOf(rule);
  return [...new Set(all.map((ms) => inUnitOfBounds(ms, unit)))].sort((a, b) => a - b);
}
