import type { Chart } from '../chart/chart.ts';
import { judgedLimit } from '../chart/lines.ts';
import type { RuleSet } from '../rules/rule-set.ts';
import type { ReportCheck } from './report-source.ts';

/** The end of the first tick beyond the limit of a failed critical check. `null` if none failed, or if its limit does not apply to single ticks. */
export function firstBadAt({ checks: rules }: RuleSet, checks: readonly ReportCheck[], charts: readonly Chart[]): number | null {
  const instants = rules.flatMap((rule) => {
    const result = checks.find(({ name }) => name === rule.name)?.baking?.result;
    if (!rule.critical || result?.outcome !== 'fail') return [];
    const limit = judgedLimit(rule, result);
    const points = charts.find(({ check }) => check === rule.name)?.series.find(({ kind }) => kind === 'release')?.points ?? [];
    if (limit === null) return [];
    const first = points.find(([, value]) => value !== null && (limit.side === 'up' ? value > limit.value : value < limit.value));
    return first === undefined ? [] : [first[0]];
  });
  return instants.length === 0 ? null : Math.min(...instants);
}
