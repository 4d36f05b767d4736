import type { ChartLine } from '../chart.ts';
import type { Measurement } from '../measurement.ts';
import { formatNumber, formatShare } from '../numbers.ts';
import type { CheckRule } from '../rule-set.ts';

/** What a check was held against: the owner's limits, and what the judge expected and tolerated when it last said something. */
export function linesOf(rule: CheckRule, latest: Measurement['result'] | undefined): readonly ChartLine[] {
  const { kind } = rule.question;
  const isShare = kind === 'ratio' || kind === 'latency';
  const line = (lineKind: ChartLine['kind'], word: string, value: number): ChartLine => ({
    kind: lineKind,
    value: isShare ? value * 100 : value,
    label: `${word} ${isShare ? formatShare(tidy(value)) : formatNumber(tidy(value))}`,
  });
  const limits = rule.failWhen.flatMap(({ params }) => [
    ...numberAt(params.above).map((value) => line('limit', 'at most', value)),
    ...numberAt(params.below).map((value) => line('limit', 'at least', value)),
    ...(kind === 'latency' ? numberAt(params.for_more_than).map((value) => line('limit', 'at most', value)) : []),
  ]);
  const evidence = latest === undefined || latest.outcome === 'error' || !speaksOfPoints(rule) ? undefined : latest.evidence;
  const judged = [
    ...numberAt(evidence?.limit).map((value) => line('limit', 'tolerated', value)),
    ...numberAt(evidence?.expected).map((value) => line('expected', 'expected', value)),
  ];
  return [
    ...limits,
    ...judged.filter(({ kind: judgedKind, value }) => judgedKind === 'expected' || limits.every((l) => l.value !== value)),
  ];
}

/**
 * Evidence of learned checks on latency names a bound of its own, and on events without exposure counts them over a window of its own: neither is
 * what the points of the chart are.
 */
function speaksOfPoints({ question, failWhen }: CheckRule): boolean {
  if (failWhen.every(({ analyzer }) => analyzer !== 'regression')) return true;
  return question.kind !== 'latency' && (question.kind !== 'rate' || question.exposure !== undefined);
}

function tidy(value: number): number {
  return Number(value.toPrecision(3));
}

function numberAt(value: unknown): readonly number[] {
  return typeof value === 'number' && Number.isFinite(value) ? [value] : [];
}
