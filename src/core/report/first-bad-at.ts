import type { Chart } from '../chart/chart.ts';
import type { RuleSet } from '../rules/rule-set.ts';
import type { ReportCheck } from './report-source.ts';

/** The end of the first tick beyond the limit of a failed critical check. `null` if none failed, or if its limit does not apply to single ticks. */
export function firstBadAt({ checks: rules }: RuleSet, checks: readonly ReportCheck[], charts: readonly Chart[]): number | null {
  const instants = rules.flatMap((rule) => {
    const result = checks.find(({ name }) => name === rule.name)?.baking?.result;
    // A limit for events over a longer time says nothing about a single tick.
    if (!rule.critical || result?.outcome !== 'fail' || result.evidence?.windowMs !== undefined) return [];
    const chart = charts.find(({ check }) => check === rule.name);
    const limit = chart?.lines.find(({ kind, decides }) => kind === 'limit' && decides);
    const points = chart?.series.find(({ kind }) => kind === 'release')?.points ?? [];
    if (limit === undefined) return [];
    const first = points.find(([, value]) => value !== null && (limit.badSide === 'below' ? value < limit.value : value > limit.value));
    return first === undefined ? [] : [first[0]];
  });
  return instants.length === 0 ? null : Math.min(...instants);
}
