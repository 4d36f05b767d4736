import { answerOf } from '../core/judge/check-answer.ts';
import { checkNumbers } from '../core/report/check-numbers.ts';
import type { ReportCheck } from '../core/report/report-source.ts';
import type { RuleSet } from '../core/rules/rule-set.ts';
import { type Html, html } from './html.ts';

/** The column heads of the numbers behind the checks. */
export const numberHeads = ['Check', 'Measured', 'Expected', 'Limit', 'Out of'] as const;

/** The numbers behind the answers during the bake, as cells. */
export function numberRows(ruleSet: Pick<RuleSet, 'checks'>, checks: readonly ReportCheck[]): readonly (readonly string[])[] {
  const answers = checks.map((check) => answerOf(check, check.baking));
  return checkNumbers(ruleSet, answers).map(({ check, measured, expected, limit, samples }) => [check, measured, expected, limit, samples]);
}

/** The numbers behind the checks, folded up. */
export function numbersTable(ruleSet: Pick<RuleSet, 'checks'>, checks: readonly ReportCheck[]): Html | string {
  const rows = numberRows(ruleSet, checks);
  if (rows.length === 0) return '';
  return html`<details><summary>The numbers</summary><table class="stack"><thead><tr>${numberHeads.map((head) => html`<th>${head}</th>`)}</tr></thead><tbody>${rows.map(
    (cells) =>
      html`<tr>${cells.map((cell, i) => (i === 0 ? html`<td><b>${cell}</b></td>` : html`<td data-head="${numberHeads[i] ?? ''}">${cell}</td>`))}</tr>`,
  )}</tbody></table></details>`;
}
