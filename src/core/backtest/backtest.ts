import type { BoundCheck } from '../judge/check.ts';
import { judge } from '../judge/judge.ts';
import { adviceOn, type BacktestTools, type CheckedPast, countOf } from './backtest-check.ts';
import type { BacktestReport, RateEstimate } from './report.ts';

/** The bake as a whole: the judgement of all checks together on each pseudo deploy. */
export function wholeBake(
  checks: readonly (CheckedPast & { readonly check: BoundCheck })[],
  deploys: readonly number[],
  tools: Pick<BacktestTools, 'interval' | 'budget'>,
): BacktestReport['whole'] {
  const kinds = deploys.map(
    (_, i) =>
      judge(
        checks.flatMap(({ check, verdicts }) => {
          const result = verdicts[i];
          return result === undefined ? [] : [{ name: check.rule.name, critical: check.rule.critical, result }];
        }),
      ).kind,
  );
  const counted = (kind: 'healthy' | 'unhealthy' | 'undecided'): RateEstimate =>
    countOf(kinds.filter((one) => one === kind).length, kinds.length, tools);
  const falseAlarms = counted('unhealthy');
  return { advice: adviceOn(falseAlarms, tools.budget), falseAlarms, inconclusive: counted('undecided'), passed: counted('healthy') };
}
