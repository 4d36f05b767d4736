import type { Analyzer } from '../judge/analyzer.ts';
import { type BoundCheck, bindChecks } from '../judge/check.ts';
import type { Condition, RuleSet } from '../rules/rule-set.ts';
import type { Ticks } from '../series/ticks.ts';
import { followBake, learnedAgain, type PastPseudoBake } from './pseudo-bake.ts';
import type { Random } from './random.ts';
import type { Suggestion } from './report.ts';
import { evenly, mostBakes, sensitivityOf } from './sensitivity.ts';

export type Wolf = {
  readonly check: BoundCheck;
  readonly ruleSet: RuleSet;
  /** The whole past of the check. */
  readonly past: Ticks;
  /** The healthy bakes that the check failed. */
  readonly alarms: readonly PastPseudoBake[];
  /** Those that it did not fail. */
  readonly calm: readonly PastPseudoBake[];
  /** The number of false alarms that the budget allows. */
  readonly allowed: number;
};

export type Tools = { readonly analyzers: ReadonlyMap<string, Analyzer>; readonly random: Random };

/** For each condition that cries wolf the tightest of its looser settings that would have kept within the budget, and what that costs. */
export function suggestionsFor(wolf: Wolf, tools: Tools): readonly Suggestion[] {
  return wolf.check.rule.failWhen.flatMap((condition, index): Suggestion[] => {
    const failing = failedBy(wolf, condition, tools);
    const loosening = tools.analyzers.get(condition.analyzer)?.loosen(condition.params, wolf.past.kind) ?? null;
    if (failing.length <= wolf.allowed || loosening === null) return [];
    const { param, now, settings } = loosening;
    for (const to of settings) {
      const looser = withParam(condition, param, to);
      const alarms = failedBy({ ...wolf, alarms: failing }, looser, tools).length;
      if (alarms <= wolf.allowed) return [{ condition: index, param, now, to, alarms, sensitivity: foundBy(wolf, looser, index, tools) }];
    }
    return [];
  });
}

/** The bakes that one condition alone fails. Looser settings fail no others, so nothing else needs to be looked at. */
function failedBy(wolf: Wolf, condition: Condition, tools: Tools): readonly PastPseudoBake[] {
  const alone = withConditions(wolf, [condition], tools);
  return wolf.alarms.filter((bake) => followBake(alone, learnedAgain(alone, bake, wolf.ruleSet), wolf.ruleSet).failedAfterMs !== null);
}

/** What the check finds with one condition replaced. */
function foundBy(wolf: Wolf, condition: Condition, index: number, tools: Tools): Suggestion['sensitivity'] {
  const { ruleSet, past } = wolf;
  const check = withConditions(wolf, wolf.check.rule.failWhen.with(index, condition), tools);
  const bakes = evenly(wolf.calm, mostBakes).map((bake) => learnedAgain(check, bake, ruleSet));
  return sensitivityOf({ check, ruleSet, bakes, past }, tools.random);
}

function withConditions({ check, ruleSet }: Wolf, failWhen: readonly Condition[], { analyzers }: Tools): BoundCheck {
  const [bound] = bindChecks({ ...ruleSet, checks: [{ ...check.rule, failWhen }] }, analyzers);
  if (bound === undefined) throw new Error('one check was bound and none came back');
  return bound;
}

/** The condition with one parameter set otherwise. */
function withParam(condition: Condition, param: string, value: number): Condition {
  return { ...condition, params: { ...condition.params, [param]: value } };
}
