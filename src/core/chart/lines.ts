import { formatNumber, formatShare } from '../base/numbers.ts';
import type { Measurement } from '../judge/measurement.ts';
import type { Evidence } from '../judge/verdict.ts';
import type { CheckRule } from '../rules/rule-set.ts';
import type { ChartLine } from './chart-parts.ts';

/** What a check was held against: the owner's limits, and what the judge expected and tolerated when it last said something. */
export function linesOf(rule: CheckRule, latest: Measurement['result'] | undefined): readonly ChartLine[] {
  const { kind } = rule.question;
  const isShare = kind === 'ratio' || kind === 'latency';
  const line = (lineKind: ChartLine['kind'], word: string, value: number): ChartLine => ({
    kind: lineKind,
    value: isShare ? value * 100 : value,
    label: `${word} ${isShare ? formatShare(threeDigits(value)) : formatNumber(threeDigits(value))}`,
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
  const told = [...limits, ...judged.filter((one) => one.kind === 'expected' || limits.every(({ value }) => value !== one.value))];
  return told.filter(({ value }) => Number.isFinite(value));
}

/** The limit that a check's last answer was held against, in the chart's unit, and on which side of it what was measured lay. */
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
 * Evidence of learned checks on latency names a bound of its own, and on events without exposure counts them over a window of its own: neither is
 * what the points of the chart are.
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
