import type { BoundCheck, CheckData } from '../core/judge/check.ts';
import { type Excuse, type ExcusedCheck, excuseOf, excusesOf, excusingChecks, withExcuses } from '../core/judge/excuse.ts';
import type { Verdict } from '../core/judge/verdict.ts';
import type { RuleSet } from '../core/rules/rule-set.ts';

/** What the excusing checks show in one pass, and what it excuses. */
export type PassExcuses = {
  readonly isExcusing: (check: BoundCheck) => boolean;
  /** Notes the newest ticks of an excusing check. */
  readonly note: (check: BoundCheck, data: CheckData) => void;
  /** The verdict of a check, after what the excusing checks show. */
  readonly apply: (verdict: Verdict, one: ExcusedCheck) => Verdict;
};

/** Only a failure asks for excuses: to find the times in which a check was bad goes through all of its ticks. */
export function createPassExcuses(ruleSet: RuleSet): PassExcuses {
  const excusing = excusingChecks(ruleSet);
  const noted = new Map<string, { readonly check: BoundCheck; readonly data: CheckData }>();
  const known = new Map<string, Excuse>();
  const shownBy = (name: string): readonly Excuse[] => {
    const one = noted.get(name);
    if (one === undefined) return [];
    const excuse = known.get(name) ?? excuseOf(one.check, one.data, ruleSet);
    known.set(name, excuse);
    return [excuse];
  };
  const isExcusing = ({ rule }: BoundCheck) => excusing.has(rule.name);
  return {
    isExcusing,
    note: (check, data) => {
      noted.set(check.rule.name, { check, data });
    },
    apply: (verdict, one) =>
      verdict.outcome !== 'fail' || isExcusing(one.check)
        ? verdict
        : withExcuses(verdict, one, excusesOf(one.check.rule, ruleSet).flatMap(shownBy)),
  };
}
