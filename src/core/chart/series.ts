import { formatDuration } from '../base/duration.ts';
import { wholeReading } from '../judge/readings.ts';
import type { Evidence } from '../judge/verdict.ts';
import type { CheckRule } from '../rules/rule-set.ts';
import { formatCount } from '../series/format-value.ts';
import type { Stretch } from '../series/ticks.ts';
import type { ChartSeries } from './chart-parts.ts';
import { type ChartScale, formatInChart, scaleOf } from './chart-scale.ts';
import { meansLength, meansOf, pointsOf, sumsOf } from './points.ts';
import type { ChartStretches } from './stretches.ts';

/** `bound`: above which requests count as slow. `evidence`: what the verdicts say, in the unit of readings. */
export type SeriesInput = {
  readonly stretches: ChartStretches;
  readonly bound: number | null;
  readonly names: { readonly release: string; readonly control: string };
  readonly evidence: { readonly release: Evidence | null; readonly recovery: Evidence | null };
};

export type DrawnSeries = { readonly series: readonly ChartSeries[]; readonly meansMs: number | null; readonly scale: ChartScale };

/** Turns what is stored of a check into the series of its chart. */
export function seriesOf(rule: CheckRule, { stretches, bound, names, evidence }: SeriesInput): DrawnSeries {
  const { before, control, release, recovery } = stretches;
  const slowerThan = bound ?? undefined;
  const levels = [before, control, release, recovery].map((stretch) => (stretch && wholeReading(stretch, slowerThan))?.value ?? 0);
  const scale = scaleOf(rule, Math.max(...levels));
  const reference = release ?? recovery;
  const lengthMs = reference && meansLength(sumsOf(reference, slowerThan), reference.ticks.kind);
  const drawn = (kind: ChartSeries['kind'], stretch: Stretch | null, label: string): readonly ChartSeries[] => {
    if (stretch === null) return [];
    const sums = sumsOf(stretch, slowerThan);
    const points = pointsOf(sums, scale.times);
    const measured = kind === 'release' || kind === 'recovery' ? measuredText(evidence[kind], scale) : null;
    const means = meansOf(sums, { lengthMs, times: scale.times });
    return points.some(([, one]) => one !== null) ? [{ kind, label, tickMs: sums.stepMs, points, means, measured }] : [];
  };
  const series = [
    ...drawn('before', before, 'before'),
    ...drawn('control', control, `${names.control} at the same time`),
    ...drawn('release', release, names.release),
    ...drawn('recovery', recovery, 'after the rollback'),
  ];
  return { series, meansMs: series.some(({ means }) => means.length > 0) ? lengthMs : null, scale };
}

/** "1.77 %"; of events that are counted over a window, as in the headline: "82 in 10m (8.2/min)". */
function measuredText(evidence: Evidence | null, { unit, times }: ChartScale): string | null {
  const { measured, windowMs } = evidence ?? {};
  if (measured === undefined || !Number.isFinite(measured)) return null;
  const rate = formatInChart(unit, measured * times);
  return windowMs === undefined ? rate : `${formatCount((measured * windowMs) / 1000)} in ${formatDuration(windowMs)} (${rate})`;
}
