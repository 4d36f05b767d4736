import { boundFor } from '../judge/readings.ts';
import type { Evidence } from '../judge/verdict.ts';
import type { CheckRule, Condition } from '../rules/rule-set.ts';
import { unitOf } from '../rules/unit-of.ts';
import { type CheckUnit, inUnitOfBounds } from '../series/check-unit.ts';
import type { ChartLine } from './chart-parts.ts';
import { type ChartScale, formatInChart } from './chart-scale.ts';

/** `baseline`: what the verdict compared with. `le`: the bucket bounds of a histogram; `bound`: the one that is drawn. */
export type LinesInput = {
  readonly evidence: Evidence | null;
  readonly scale: ChartScale;
  readonly baseline: string;
  readonly le: readonly number[];
  readonly bound: number | null;
};

/** The lines of a check: the limits in the rules, and what the deciding verdict expected and tolerated. */
export function linesOf(rule: CheckRule, { evidence, scale, baseline, le, bound }: LinesInput): readonly ChartLine[] {
  const { measured, expected, limit } = evidence ?? {};
  const line = (kind: ChartLine['kind'], label: string, one: FixedLimit & { decides: boolean }): ChartLine => ({
    kind,
    value: one.value * scale.times,
    label: `${label} ${formatInChart(scale.unit, one.value * scale.times)}`,
    badSide: one.badSide,
    decides: one.decides,
  });
  const all = rule.failWhen.flatMap((condition) => fixedLimits(condition, { le, bound, unit: unitOf(rule) }));
  const fixed = all.filter((one, i) => all.findIndex(({ value, badSide }) => value === one.value && badSide === one.badSide) === i);
  const limits = fixed.map((one) => line('limit', 'limit', { ...one, decides: one.value === limit }));
  const badSide = limit === undefined ? null : badSideOf(rule, { limit, reference: expected ?? measured });
  return [
    ...limits,
    ...numberAt(limit)
      .filter((value) => fixed.every((one) => one.value !== value))
      .map((value) => line('limit', 'tolerated', { value, badSide, decides: true })),
    ...numberAt(expected).map((value) => line('expected', `${baseline}:`, { value, badSide: null, decides: true })),
  ].filter(({ value }) => Number.isFinite(value));
}

type HistogramBounds = Pick<LinesInput, 'le' | 'bound'> & { readonly unit: CheckUnit };

type FixedLimit = { readonly value: number; readonly badSide: ChartLine['badSide'] };

/** The limits that a condition states as numbers. A limit of a histogram counts for the bound that it is about. */
function fixedLimits({ params }: Condition, { le, bound, unit }: HistogramBounds): readonly FixedLimit[] {
  const isAboutBound =
    typeof params.slower_than === 'number' && bound !== null && boundFor(le, inUnitOfBounds(params.slower_than, unit)) === bound;
  return [
    ...numberAt(params.above).map((value) => ({ value, badSide: 'above' }) as const),
    ...numberAt(params.below).map((value) => ({ value, badSide: 'below' }) as const),
    ...(isAboutBound ? numberAt(params.for_more_than).map((value) => ({ value, badSide: 'above' }) as const) : []),
  ];
}

/** A check that looks in both directions tolerates values between its baseline and the limit. */
function badSideOf(
  { direction }: CheckRule,
  { limit, reference }: { readonly limit: number; readonly reference: number | undefined },
): 'above' | 'below' {
  if (direction !== 'both') return direction === 'up' ? 'above' : 'below';
  return reference === undefined || limit >= reference ? 'above' : 'below';
}

function numberAt(value: unknown): readonly number[] {
  return typeof value === 'number' && Number.isFinite(value) ? [value] : [];
}
