import type { Analyzer } from '../judge/analyzer.ts';
import { type BoundCheck, bindChecks } from '../judge/check.ts';
import type { Condition, RuleSet } from '../rules/rule-set.ts';
import type { Ticks } from '../series/ticks.ts';
import { followBake, type PastPseudoBake, recalibrate } from './pseudo-bake.ts';
import type { Random } from './random.ts';
import type { Suggestion } from './report.ts';
import { evenly, maxBakes, sensitivityOf } from './sensitivity.ts';

export type FalseAlarmInput = {
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

export type SuggestionTools = { readonly analyzers: ReadonlyMap<string, Analyzer>; readonly random: Random };

/** For each condition with too many false alarms: the tightest looser setting within the budget, and what the check then still detects. */
export function suggestionsFor(input: FalseAlarmInput, tools: SuggestionTools): readonly Suggestion[] {
  return input.check.rule.failWhen.flatMap((condition, index): Suggestion[] => {
    const failing = failedBy(input, condition, tools);
    const loosening = tools.analyzers.get(condition.analyzer)?.loosen(condition.params, input.past.kind) ?? null;
    if (failing.length <= input.allowed || loosening === null) return [];
    const { param, now, settings } = loosening;
    for (const to of settings) {
      const looser = withParam(condition, param, to);
      const alarms = failedBy({ ...input, alarms: failing }, looser, tools).length;
      if (alarms <= input.allowed) return [{ condition: index, param, now, to, alarms, sensitivity: foundBy(input, looser, index, tools) }];
    }
    return [];
  });
}

/** The bakes that one condition alone fails. A looser setting fails no other bakes, so only the alarms are judged again. */
function failedBy(input: FalseAlarmInput, condition: Condition, tools: SuggestionTools): readonly PastPseudoBake[] {
  const alone = withConditions(input, [condition], tools);
  return input.alarms.filter((bake) => followBake(alone, recalibrate(alone, bake, input.ruleSet), input.ruleSet).failedAfterMs !== null);
}

/** What the check finds with one condition replaced. */
function foundBy(input: FalseAlarmInput, condition: Condition, index: number, tools: SuggestionTools): Suggestion['sensitivity'] {
  const { ruleSet, past } = input;
  const check = withConditions(input, input.check.rule.failWhen.with(index, condition), tools);
  const bakes = evenly(input.calm, maxBakes).map((bake) => recalibrate(check, bake, ruleSet));
  return sensitivityOf({ check, ruleSet, bakes, past }, tools.random);
}

function withConditions({ check, ruleSet }: FalseAlarmInput, failWhen: readonly Condition[], { analyzers }: SuggestionTools): BoundCheck {
  const [bound] = bindChecks({ ...ruleSet, checks: [{ ...check.rule, failWhen }] }, analyzers);
  if (bound === undefined) throw new Error('one check was bound and none came back');
  return bound;
}

/** Returns the condition with one parameter replaced. */
function withParam(condition: Condition, param: string, value: number): Condition {
  return { ...condition, params: { ...condition.params, [param]: value } };
}
