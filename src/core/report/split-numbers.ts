import { type CheckAnswer, outcomeWords } from '../judge/check-answer.ts';
import { valueName } from '../judge/split-verdict.ts';
import type { SplitRow } from '../judge/verdict.ts';
import type { RuleSet } from '../rules/rule-set.ts';
import { unitOf } from '../rules/unit-of.ts';
import { formatCount, formatValue } from '../series/format-value.ts';

/** What a split check says of each value of its label, for a table. A number that is not known is "–". */
export type SplitNumbers = { readonly check: string; readonly label: string; readonly rows: readonly (readonly string[])[] };

/** The column heads of `SplitNumbers`, after the label. */
export const splitHeads = ['Verdict', 'Measured', 'Expected', 'Out of'] as const;

const unknown = '–';

/** The tables of all split checks. */
export function splitNumbers({ checks }: Pick<RuleSet, 'checks'>, answers: readonly CheckAnswer[]): readonly SplitNumbers[] {
  return answers.flatMap(({ name, split }) => {
    const rule = checks.find((one) => one.name === name);
    if (rule === undefined || split === null) return [];
    const unit = unitOf(rule);
    const show = (value: number | undefined) => (value === undefined ? unknown : formatValue(unit.value, value));
    const rows = split.rows.map(({ value, outcome, measured, expected, samples }) => [
      valueName(value),
      wordOf(outcome),
      show(measured),
      show(expected),
      samples === undefined ? unknown : `${formatCount(samples)} ${unit.samples}`,
    ]);
    return [{ check: name, label: split.label, rows }];
  });
}

function wordOf(outcome: SplitRow['outcome']): string {
  return outcome === 'unjudged' ? 'new' : outcomeWords[outcome];
}
