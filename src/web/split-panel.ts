import { formatNumber } from '../core/base/format-number.ts';
import { valueName } from '../core/judge/split-verdict.ts';
import type { SplitRow } from '../core/judge/verdict.ts';
import type { CheckRule, RuleSet } from '../core/rules/rule-set.ts';
import { unitOf } from '../core/rules/unit-of.ts';
import { formatValue } from '../core/series/format-value.ts';
import { type Html, html } from './html.ts';
import type { AnsweredCheck } from './lead-check.ts';

/** More rows are folded up. */
const maxRows = 5;
const barWidth = 200;

/** What a split check says of each value of its label, the worst first; nothing where it is not split. */
export function splitPanel({ check, answer }: AnsweredCheck, ruleSet: RuleSet, version: string): Html | string {
  const rule = ruleSet.checks.find(({ name }) => name === check.name);
  const { split } = answer;
  if (rule === undefined || split === null || split.rows.length === 0) return '';
  const shares = split.rows.flatMap(({ measured, expected }) => [measured ?? 0, expected ?? 0]).filter((value) => Number.isFinite(value));
  const highest = Math.max(...shares) > 0 ? Math.max(...shares) : 1;
  const rows = split.rows.map((row) => splitRow(row, rule, highest));
  const rest = rows.slice(maxRows);
  const head = html`<thead><tr><th scope="col">${checkLabel(split.label)}</th><th scope="col" class="num wide-only">${checkLabel(unitOf(rule).samples)}</th><th scope="col" class="num">Before</th><th scope="col" class="num">${version}</th><th scope="col" class="wide-only"><span class="hidden-text">Compared</span></th></tr></thead>`;
  const table = (body: readonly Html[], caption: string) =>
    html`<table class="list split"><caption class="hidden-text">${caption}</caption>${head}<tbody>${body}</tbody></table>`;
  const more =
    rest.length === 0
      ? ''
      : html`<details class="disclosure" id="split-more"><summary>${rest.length} more</summary>${table(rest, 'The other values')}</details>`;
  return html`<h2>${titleOf(rule)} <small>by ${split.label}, worst first</small></h2><div class="panel flush">${table(rows.slice(0, maxRows), `${check.name} by ${split.label}`)}${more}</div>`;
}

function titleOf({ question, direction }: CheckRule): string {
  if (question.kind === 'latency') return 'Where it is slower';
  return question.kind === 'ratio' && direction === 'up' ? 'Where it fails' : 'Where it changes';
}

function checkLabel(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

function splitRow({ value, outcome, measured, expected, samples }: SplitRow, rule: CheckRule, highest: number): Html {
  const unit = unitOf(rule);
  const show = (amount: number | undefined) => (amount === undefined ? '–' : formatValue(unit.value, amount));
  const tone = outcome === 'fail' ? 'bad' : 'idle';
  const mark = outcome === 'fail' ? html`<span class="rise" aria-hidden="true">▲</span> ` : '';
  const word =
    outcome === 'fail'
      ? html`<span class="hidden-text">fails: </span>`
      : outcome === 'unjudged'
        ? html` <span class="third">new</span>`
        : '';
  return html`<tr class="${tone}"><th scope="row"><code>${valueName(value)}</code>${outcome === 'unjudged' ? word : ''}</th><td class="num wide-only">${samples === undefined ? '–' : formatNumber(samples)}</td><td class="num">${show(expected)}</td><td class="num toned">${mark}${outcome === 'fail' ? word : ''}<b>${show(measured)}</b></td><td class="wide-only">${bar(measured, expected, highest)}</td></tr>`;
}

/** How much it is, with a tick at what it was. The numbers stand next to it, so readers of the screen do not hear it. */
function bar(measured: number | undefined, expected: number | undefined, highest: number): Html {
  const x = (value: number | undefined) =>
    value === undefined || !Number.isFinite(value) ? 0 : Math.round((Math.max(0, value) / highest) * barWidth);
  const tick =
    expected === undefined ? '' : html`<rect class="was" x="${String(Math.min(barWidth - 2, x(expected)))}" y="0" width="2" height="12"/>`;
  return html`<svg class="split-bar" viewBox="0 0 ${String(barWidth)} 12" width="${String(barWidth)}" height="12" aria-hidden="true"><rect class="track" x="0" y="3" width="${String(barWidth)}" height="6" rx="1"/><rect class="now" x="0" y="3" width="${String(x(measured))}" height="6" rx="1"/>${tick}</svg>`;
}
