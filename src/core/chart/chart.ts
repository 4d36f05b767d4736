import type { Bake } from '../bake/bake.ts';
import type { Deploy } from '../bake/deploy.ts';
import { judgedBadAt } from '../bake/judged-bad-at.ts';
import type { TimelineEntry } from '../bake/narrate.ts';
import type { Plan } from '../bake/plan.ts';
import { firstTickStart } from '../bake/tick-schedule.ts';
import type { VerdictMark } from '../bake/verdict-mark.ts';
import { headlineOf } from '../judge/headline.ts';
import type { Measurement } from '../judge/measurement.ts';
import { valueName } from '../judge/split-verdict.ts';
import type { Verdict } from '../judge/verdict.ts';
import type { CheckRule, RuleSet } from '../rules/rule-set.ts';
import type { Stretch } from '../series/ticks.ts';
import type { ChartLine, ChartMark, ChartPoint, ChartSeries } from './chart-parts.ts';
import { titleOf } from './chart-scale.ts';
import { decidingResult, evidenceInReadings, recoveryResult } from './deciding-result.ts';
import { latencyBound } from './latency-bound.ts';
import { linesOf } from './lines.ts';
import { marksOf } from './marks.ts';
import { seriesOf } from './series.ts';
import { strengthsOf } from './strengths.ts';
import { type ChartStretches, stretchesOf } from './stretches.ts';

/** What one check measured, ready to be drawn. Plain JSON, in the order of time. */
export type Chart = {
  readonly check: string;
  /** The check, and what the values are. */
  readonly title: string;
  /** The headline of the verdict that decided; `null` where no verdict has one. */
  readonly caption: string | null;
  /** The outcome of the verdict that decided; `null` before the first verdict. */
  readonly outcome: Verdict['outcome'] | null;
  /** There is evidence against the release that is not enough to fail. */
  readonly isSuspicious: boolean;
  /** The evidence after each pass, as a multiple of the evidence that is needed to fail. Empty where the check does not weigh evidence. */
  readonly strengths: readonly ChartPoint[];
  /** As `formatValue` reads it. Shares are percentages. */
  readonly unit: string;
  readonly from: number;
  readonly to: number;
  readonly series: readonly ChartSeries[];
  /** The length of the moving means, in milliseconds; `null` where there are none. */
  readonly meansMs: number | null;
  readonly lines: readonly ChartLine[];
  readonly marks: readonly ChartMark[];
};

/** The stored data of a deploy that charts need. */
export type ChartSource = {
  readonly record: {
    readonly deploy: Deploy;
    readonly bake: Bake;
    readonly ruleSet: RuleSet;
    readonly plan: Plan;
    readonly marks?: readonly VerdictMark[] | undefined;
  };
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
export function chartOf(source: ChartSource, rule: CheckRule): Chart {
  const { record, measurements, timeline } = source;
  const { bake, plan, deploy, ruleSet } = record;
  const own = measurements.filter(({ check }) => check === rule.name);
  const decided = decidingResult(own);
  const value = worstValue(rule, decided);
  const stretches = stretchesOf(source, rule, value);
  const shown = stretches.before ?? stretches.control ?? stretches.release ?? stretches.recovery;
  const bound = latencyBound(rule, shown, decided);
  const evidence = evidenceInReadings(rule, decided, bound);
  const { series, meansMs, scale } = seriesOf(rule, {
    stretches,
    bound,
    names: { release: deploy.release.version, control: plan.knownGood ?? 'control' },
    evidence: { release: evidence, recovery: evidenceInReadings(rule, recoveryResult(own), bound) },
  });
  const deployedAt = bake.deployedAt ?? bake.begunAt;
  const instants = series.flatMap(({ points }) => points.map(([at]) => at));
  const from = Math.min(deployedAt, ...instants);
  const to = Math.max(from + plan.stepMs, firstTickStart(deployedAt, plan) + plan.warmupMs, ...instants);
  const marks = marksOf({ bake, timeline, traffic: plan.traffic, judgedBadAt: judgedBadAt(ruleSet, measurements, timeline) }).filter(
    ({ at }) => at >= from && at <= to + plan.stepMs,
  );
  return {
    check: rule.name,
    title: value === null ? titleOf(rule, scale, bound) : `${titleOf(rule, scale, bound)}, ${rule.by}=${valueName(value)}`,
    caption: decided?.explanation === undefined ? null : headlineOf(rule.name, decided),
    outcome: decided?.outcome ?? null,
    isSuspicious: decided?.outcome === 'inconclusive' && decided.leans === true,
    strengths: strengthsOf(own),
    unit: scale.unit,
    from,
    to: Math.max(to, ...marks.map(({ at }) => at)),
    series,
    meansMs,
    lines: linesOf(rule, {
      evidence,
      scale,
      baseline: baselineOf(rule, stretches),
      le: shown?.ticks.kind === 'latency' ? shown.ticks.le : [],
      bound,
    }),
    marks,
  };
}

/** The value of a split check that its verdict speaks of; `null`: the whole. All values of a number together are not judged, so one of them is drawn. */
function worstValue({ question }: CheckRule, decided: Verdict | null): string | null {
  const worst = decided?.split?.rows.find(({ outcome }) => outcome === decided.outcome);
  const isLeading =
    decided?.outcome === 'fail' || (decided?.outcome === 'inconclusive' && decided.leans === true) || question.kind === 'value';
  return isLeading ? (worst?.value ?? null) : null;
}

/** What the expected value is called. Numbers and events without exposure are forecast, which may take a day or a week into account. */
function baselineOf({ question }: CheckRule, { control }: ChartStretches): string {
  if (control !== null) return 'control';
  const isForecast = question.kind === 'value' || (question.kind === 'rate' && question.exposure === undefined);
  return isForecast ? 'expected' : 'before';
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
