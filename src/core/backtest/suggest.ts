import type { Analyzer } from '../analyzer.ts';
import { type BoundCheck, bindChecks } from '../check.ts';
import type { Condition, RuleSet } from '../rule-set.ts';
import type { TicksKind } from '../series.ts';
import { looseningOf, withParam } from './loosen.ts';
import { followBake, learnedAgain, type PseudoBake } from './pseudo-bake.ts';
import type { Suggestion } from './report.ts';

export type Wolf = {
  readonly check: BoundCheck;
  readonly ruleSet: RuleSet;
  readonly kind: TicksKind;
  /** The healthy bakes that the check failed. */
  readonly alarms: readonly PseudoBake[];
  /** So many false alarms are within the budget. */
  readonly allowed: number;
};

/** For each condition that cries wolf the tightest of its looser settings that would have kept within the budget. */
export function suggestionsFor(wolf: Wolf, analyzers: ReadonlyMap<string, Analyzer>): readonly Suggestion[] {
  return wolf.check.rule.failWhen.flatMap((condition, index): Suggestion[] => {
    const failing = failedBy(wolf, condition, analyzers);
    const loosening = looseningOf(condition, wolf.kind);
    if (failing.length <= wolf.allowed || loosening === null) return [];
    const { param, now, settings } = loosening;
    for (const to of settings) {
      const alarms = failedBy({ ...wolf, alarms: failing }, withParam(condition, param, to), analyzers).length;
      if (alarms <= wolf.allowed) return [{ condition: index, param, now, to, alarms }];
    }
    return [];
  });
}

/** The bakes that one condition alone fails. Looser settings fail no others, so nothing else needs to be looked at. */
function failedBy({ check, ruleSet, alarms }: Wolf, condition: Condition, analyzers: ReadonlyMap<string, Analyzer>): readonly PseudoBake[] {
  const [alone] = bindChecks({ ...ruleSet, checks: [{ ...check.rule, failWhen: [condition] }] }, analyzers);
  if (alone === undefined) return [];
  return alarms.filter((bake) => followBake(alone, learnedAgain(alone, bake, ruleSet), ruleSet).failedAfterMs !== null);
}
