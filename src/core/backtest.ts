import { adviceOn, type CheckedPast, countOf, type Means } from './backtest/backtest-check.ts';
import type { BacktestReport, Counted } from './backtest/report.ts';
import type { BoundCheck } from './check.ts';
import { judge } from './judge.ts';

/** The bake as a whole: what all checks together would have made of each pseudo deploy. */
export function wholeBake(
  checks: readonly (CheckedPast & { readonly check: BoundCheck })[],
  deploys: readonly number[],
  means: Pick<Means, 'interval' | 'budget'>,
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
  const counted = (kind: 'healthy' | 'unhealthy' | 'undecided'): Counted =>
    countOf(kinds.filter((one) => one === kind).length, kinds.length, means);
  const falseAlarms = counted('unhealthy');
  return { advice: adviceOn(falseAlarms, means.budget), falseAlarms, inconclusive: counted('undecided'), passed: counted('healthy') };
}
