import type { CheckAnswer } from '../judge/check-answer.ts';
import type { RuleSet } from '../rules/rule-set.ts';
import { unitOf } from '../rules/unit-of.ts';
import { formatCount, formatValue } from '../series/format-value.ts';

/** The numbers behind a check's answer, in its unit. A number that is not known is "–". */
export type CheckNumbers = {
  readonly check: string;
  readonly measured: string;
  readonly expected: string;
  readonly limit: string;
  readonly samples: string;
};

const unknown = '–';

/** The numbers behind the answers of checks, for a table. Leaves out the answers without numbers. */
export function checkNumbers({ checks }: Pick<RuleSet, 'checks'>, answers: readonly CheckAnswer[]): readonly CheckNumbers[] {
  return answers.flatMap(({ name, evidence }) => {
    const rule = checks.find((one) => one.name === name);
    if (rule === undefined || evidence === null) return [];
    const unit = unitOf(rule);
    const show = (value: number | undefined) => (value === undefined ? unknown : formatValue(unit.value, value));
    const { measured, expected, limit, samples } = evidence;
    if ([measured, expected, limit, samples].every((value) => value === undefined)) return [];
    const count = samples === undefined ? unknown : `${formatCount(samples)} ${unit.samples}`;
    return [{ check: name, measured: show(measured), expected: show(expected), limit: show(limit), samples: count }];
  });
}
