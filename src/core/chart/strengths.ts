import type { Measurement } from '../judge/measurement.ts';
import type { ChartPoint } from './chart-parts.ts';

/** More points would not be visible. */
const maxPoints = 240;

/** The evidence against a release after each pass over a check, thinned out. The last pass is always part of it. */
export function strengthsOf(own: readonly Measurement[]): readonly ChartPoint[] {
  const points = own.flatMap(({ phase, window, result }): readonly ChartPoint[] => {
    const strength = phase === 'baking' && result.outcome !== 'error' ? result.evidence?.strength : undefined;
    return strength === undefined || !Number.isFinite(strength) ? [] : [[window.to, Math.max(0, strength)]];
  });
  const each = Math.ceil(points.length / maxPoints);
  return points.filter((_, i) => (points.length - 1 - i) % each === 0);
}
