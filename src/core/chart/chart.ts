import type { Bake } from '../bake/bake.ts';
import type { Deploy } from '../bake/deploy.ts';
import { judgedBadAt } from '../bake/judged-bad-at.ts';
import type { TimelineEntry } from '../bake/narrate.ts';
import type { Plan } from '../bake/plan.ts';
import { firstTickStart } from '../bake/tick-schedule.ts';
import { formatDuration } from '../base/duration.ts';
import { joinMeasurements } from '../judge/join-measurements.ts';
import type { Measurement, MeasurementPhase } from '../judge/measurement.ts';
import { spreadSparseCounts } from '../judge/spread-sparse-counts.ts';
import type { CheckRule, RuleSet } from '../rules/rule-set.ts';
import type { Stretch } from '../series/ticks.ts';
import type { ChartLine, ChartMark, ChartPoint } from './chart-parts.ts';
import { latencyBound } from './latency-bound.ts';
import { linesOf } from './lines.ts';
import { marksOf } from './marks.ts';
import { newestTicks, pointsOf } from './points.ts';

/** One line of a chart. `before`: the service's own past. `control`: the old release next to the new one. `recovery`: after a rollback. */
export type ChartSeries = {
  readonly kind: 'before' | 'control' | 'release' | 'recovery';
  readonly label: string;
  readonly points: readonly ChartPoint[];
};

/** What one check measured, ready to be drawn. Plain JSON, in the order of time. */
export type Chart = {
  readonly check: string;
  readonly title: string;
  /** Shares are percentages. A value without a unit is as the query returned it. */
  readonly unit: '%' | '/s' | '';
  readonly from: number;
  readonly to: number;
  readonly series: readonly ChartSeries[];
  readonly lines: readonly ChartLine[];
  readonly marks: readonly ChartMark[];
};

/** The stored data of a deploy that charts need. */
export type ChartSource = {
  readonly record: { readonly deploy: Deploy; readonly bake: Bake; readonly ruleSet: RuleSet; readonly plan: Plan };
  readonly measurements: readonly Measurement[];
  readonly histories: readonly { readonly check: string; readonly stretch: Stretch | null }[];
  readonly timeline: readonly TimelineEntry[];
};

/** Builds the charts of all checks with data. The most important one comes first: a failing check with the strongest evidence. */
export function chartsOf(source: ChartSource): readonly Chart[] {
  return source.record.ruleSet.checks
    .map((rule) => ({ rank: rankOf(rule, source.measurements), chart: chartOf(source, rule) }))
    .filter(({ chart }) => chart.series.length > 0)
    .toSorted((a, b) => b.rank - a.rank)
    .map(({ chart }) => chart);
}

/** Builds the chart of one check. Without data it has no series. */
export function chartOf({ record, measurements, histories, timeline }: ChartSource, rule: CheckRule): Chart {
  const { bake, plan, deploy } = record;
  const deployedAt = bake.deployedAt ?? bake.begunAt;
  const own = measurements.filter((m) => m.check === rule.name);
  const stretches = (phase: MeasurementPhase) =>
    joinMeasurements(own, { check: rule.name, phase, from: phaseStart(own, phase), stepMs: plan.stepMs });
  const [baking, verifying] = [stretches('baking'), stretches('verifying')];
  const past = histories.find(({ check }) => check === rule.name)?.stretch ?? null;
  const bound = latencyBound(rule, past ?? baking.control ?? baking.bake ?? verifying.bake);
  const seriesOf = (kind: ChartSeries['kind'], label: string, stretch: Stretch | null): readonly ChartSeries[] => {
    const points = stretch === null ? [] : pointsOf(stretch, bound ?? undefined);
    return points.some(([, value]) => value !== null) ? [{ kind, label, points }] : [];
  };
  const covered = (stretch: Stretch | null) => stretch && spreadSparseCounts(rule, stretch);
  const series = [
    ...seriesOf('before', beforeLabel(past, plan.stepMs), past && newestTicks(past, { until: deployedAt, ms: plan.forMs })),
    ...seriesOf('control', `${plan.knownGood ?? 'control'} at the same time`, covered(baking.control)),
    ...seriesOf('release', deploy.release.version, covered(baking.bake)),
    ...seriesOf('recovery', 'after the rollback', covered(verifying.bake)),
  ];
  const instants = series.flatMap(({ points }) => points.map(([at]) => at));
  const from = Math.min(deployedAt, ...instants);
  const to = Math.max(from + plan.stepMs, firstTickStart(deployedAt, record.plan) + plan.warmupMs, ...instants);
  const marks = marksOf({ bake, timeline, traffic: plan.traffic, judgedBadAt: judgedBadAt(record.ruleSet, measurements, timeline) }).filter(
    ({ at }) => at >= from && at <= to + plan.stepMs,
  );
  const latest = own.findLast(({ phase, result }) => phase === 'baking' && result.outcome !== 'error')?.result;
  return {
    check: rule.name,
    ...namesOf(rule, bound),
    from,
    to: Math.max(to, ...marks.map(({ at }) => at)),
    series,
    lines: linesOf(rule, latest),
    marks,
  };
}

/** Longer ticks make a line look smoother, so the label says it if the ticks of the past have another length than those of the bake. */
function beforeLabel(past: Stretch | null, stepMs: number): string {
  return past === null || past.stepMs === stepMs ? 'before' : `before, in ticks of ${formatDuration(past.stepMs)}`;
}

function phaseStart(own: readonly Measurement[], phase: MeasurementPhase): number {
  return own.find((m) => m.phase === phase)?.window.from ?? 0;
}

function namesOf({ name, question }: CheckRule, bound: number | null): Pick<Chart, 'title' | 'unit'> {
  switch (question.kind) {
    case 'ratio':
      return { title: `${name}: ${'probe' in question ? 'failed attempts' : 'bad events'}, % of all`, unit: '%' };
    case 'rate':
      return question.exposure
        ? { title: `${name}: events per unit of exposure`, unit: '' }
        : { title: `${name}: events per second`, unit: '/s' };
    case 'latency':
      return { title: `${name}: slower than ${bound === null ? 'allowed' : formatDuration(bound * 1000)}, % of requests`, unit: '%' };
    case 'value':
      return { title: name, unit: '' };
  }
}

/** Failing checks rank first, then errors, then inconclusive ones. Critical checks rank before advisory ones. Then the evidence counts. */
function rankOf({ name, critical }: CheckRule, measurements: readonly Measurement[]): number {
  const result = measurements.findLast((m) => m.check === name && m.phase === 'baking')?.result;
  if (result === undefined) return -1;
  const rank = { fail: 3, error: 2, inconclusive: 1, pass: 0 }[result.outcome] * 2 + (critical ? 1 : 0);
  const strength = result.outcome === 'error' ? 0 : (result.evidence?.strength ?? (result.outcome === 'fail' ? 1 : 0));
  // The evidence adds less than 1, so it never outranks another outcome.
  return rank + (strength > 0 ? 1 - 1 / (1 + strength) : 0);
}
