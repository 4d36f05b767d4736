import { formatNumber, formatShare } from '../base/format-number.ts';
import type { Measurement } from '../judge/measurement.ts';
import type { Evidence } from '../judge/verdict.ts';
import type { CheckRule } from '../rules/rule-set.ts';
import type { ChartLine } from './chart-parts.ts';

/** The lines of a check: the limits in the rules, and what the last verdict expected and tolerated. */
export function linesOf(rule: CheckRule, latest: Measurement['result'] | undefined): readonly ChartLine[] {
  const { kind } = rule.question;
  const isShare = kind === 'ratio' || kind === 'latency';
  const line = (lineKind: ChartLine['kind'], label: string, value: number): ChartLine => ({
    kind: lineKind,
    value: isShare ? value * 100 : value,
    label: `${label} ${isShare ? formatShare(threeDigits(value)) : formatNumber(threeDigits(value))}`,
  });
  const limits = rule.failWhen.flatMap(({ params }) => [
    ...numberAt(params.above).map((value) => line('limit', 'at most', value)),
    ...numberAt(params.below).map((value) => line('limit', 'at least', value)),
    ...(kind === 'latency' ? numberAt(params.for_more_than).map((value) => line('limit', 'at most', value)) : []),
  ]);
  const evidence = evidenceOf(rule, latest);
  const judged = [
    ...numberAt(evidence?.limit).map((value) => line('limit', 'tolerated', value)),
    ...numberAt(evidence?.expected).map((value) => line('expected', 'expected', value)),
  ];
  const lines = [...limits, ...judged.filter((one) => one.kind === 'expected' || limits.every(({ value }) => value !== one.value))];
  return lines.filter(({ value }) => Number.isFinite(value));
}

/** The limit of the last verdict, in the chart's unit, and on which side of it the measured value was. */
export function judgedLimit(
  rule: CheckRule,
  latest: Measurement['result'],
): { readonly value: number; readonly side: 'up' | 'down' } | null {
  const { limit, measured } = evidenceOf(rule, latest) ?? {};
  if (limit === undefined || measured === undefined || !Number.isFinite(limit)) return null;
  const isShare = rule.question.kind === 'ratio' || rule.question.kind === 'latency';
  return { value: isShare ? limit * 100 : limit, side: measured >= limit ? 'up' : 'down' };
}

function evidenceOf(rule: CheckRule, latest: Measurement['result'] | undefined): Evidence | undefined {
  return latest === undefined || latest.outcome === 'error' || !isAboutPoints(rule) ? undefined : latest.evidence;
}

/**
 * Whether the evidence has the unit of the chart's points. `regression` has another unit on latency, where it uses its own bucket bound, and on events
 * without exposure, which it counts over its own window.
 */
function isAboutPoints({ question, failWhen }: CheckRule): boolean {
  if (failWhen.every(({ analyzer }) => analyzer !== 'regression')) return true;
  return question.kind !== 'latency' && (question.kind !== 'rate' || question.exposure !== undefined);
}

function threeDigits(value: number): number {
  return Number(value.toPrecision(3));
}

function numberAt(value: unknown): readonly number[] {
  return typeof value === 'number' && Number.isFinite(value) ? [value] : [];
}
