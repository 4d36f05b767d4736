import { answerOf } from '../core/judge/check-answer.ts';
import { checkNumbers } from '../core/report/check-numbers.ts';
import type { ReportCheck } from '../core/report/report-source.ts';
import { splitHeads, splitNumbers } from '../core/report/split-numbers.ts';
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
  return html`${rows.length === 0 ? '' : folded('The numbers', numberHeads, rows)}${splitTables(ruleSet, checks)}`;
}

/** What split checks say of each value of their label during the bake, folded up. */
function splitTables(ruleSet: Pick<RuleSet, 'checks'>, checks: readonly ReportCheck[]): readonly Html[] {
  const answers = checks.map((check) => answerOf(check, check.baking));
  return splitNumbers(ruleSet, answers).map(({ check, label, rows }) => folded(`${check} by ${label}`, [label, ...splitHeads], rows));
}

function folded(title: string, heads: readonly string[], rows: readonly (readonly string[])[]): Html {
  return html`<details><summary>${title}</summary><table class="stack"><thead><tr>${heads.map((head) => html`<th>${head}</th>`)}</tr></thead><tbody>${rows.map(
    (cells) =>
      html`<tr>${cells.map((cell, i) => (i === 0 ? html`<td><b>${cell}</b></td>` : html`<td data-head="${heads[i] ?? ''}">${cell}</td>`))}</tr>`,
  )}</tbody></table></details>`;
}
