import type { Chart } from '../core/chart/chart.ts';
import type { ChartSeries } from '../core/chart/chart-parts.ts';

/**
 * The class of a series, which the style sheet gives its colour: the release is red once its check has failed, and amber while it is suspicious. What
 * follows a rollback is green once its check has passed.
 */
export function seriesClass(
  { kind, measured }: Pick<ChartSeries, 'kind' | 'measured'>,
  { outcome, isSuspicious }: Pick<Chart, 'outcome' | 'isSuspicious'>,
): string {
  if (kind === 'recovery') return measured === null ? 'recovery unsure' : 'recovery';
  if (kind !== 'release') return kind;
  return outcome === 'fail' ? 'release bad' : isSuspicious ? 'release warn' : 'release';
}
