import { wholeReading } from '../judge/readings.ts';
import type { CheckRule } from '../rules/rule-set.ts';
import type { Stretch } from '../series/ticks.ts';
import type { ChartSeries } from './chart-parts.ts';
import { type ChartScale, formatInChart, scaleOf } from './chart-scale.ts';
import { meansLength, meansOf, pointsOf, sumsOf } from './points.ts';
import type { ChartStretches } from './stretches.ts';

/** `bound`: above which requests count as slow. `measured`: what the verdicts say, in the unit of readings. */
export type SeriesInput = {
  readonly stretches: ChartStretches;
  readonly bound: number | null;
  readonly names: { readonly release: string; readonly control: string };
  readonly measured: { readonly release: number | undefined; readonly recovery: number | undefined };
};

export type DrawnSeries = { readonly series: readonly ChartSeries[]; readonly meansMs: number | null; readonly scale: ChartScale };

/** Turns what is stored of a check into the series of its chart. */
export function seriesOf(rule: CheckRule, { stretches, bound, names, measured }: SeriesInput): DrawnSeries {
  const { before, control, release, recovery } = stretches;
  const slowerThanSec = bound ?? undefined;
  const levels = [before, control, release, recovery].map((stretch) => (stretch && wholeReading(stretch, slowerThanSec))?.value ?? 0);
  const scale = scaleOf(rule, Math.max(...levels));
  const reference = release ?? recovery;
  const lengthMs = reference && meansLength(sumsOf(reference, slowerThanSec), reference.ticks.kind);
  const drawn = (kind: ChartSeries['kind'], stretch: Stretch | null, label: string): readonly ChartSeries[] => {
    if (stretch === null) return [];
    const sums = sumsOf(stretch, slowerThanSec);
    const points = pointsOf(sums, scale.times);
    const value = kind === 'release' ? measured.release : kind === 'recovery' ? measured.recovery : undefined;
    const shown = value !== undefined && Number.isFinite(value) ? formatInChart(scale.unit, value * scale.times) : null;
    const means = meansOf(sums, { lengthMs, times: scale.times });
    return points.some(([, one]) => one !== null) ? [{ kind, label, tickMs: sums.stepMs, points, means, measured: shown }] : [];
  };
  const series = [
    ...drawn('before', before, 'before'),
    ...drawn('control', control, `${names.control} at the same time`),
    ...drawn('release', release, names.release),
    ...drawn('recovery', recovery, 'after the rollback'),
  ];
  return { series, meansMs: series.some(({ means }) => means.length > 0) ? lengthMs : null, scale };
}
