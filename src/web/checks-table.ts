import { answerOf, type CheckAnswer, outcomeWords } from '../core/judge/check-answer.ts';
import { isHeadlineOf, type ReasonLayers } from '../core/judge/reason-layers.ts';
import type { ReportCheck } from '../core/report/report-source.ts';
import { type Html, html } from './html.ts';

/** The tone of each outcome. A colour never carries an outcome alone. */
const tones: Readonly<Record<CheckAnswer['outcome'], string>> = {
  pass: 'good',
  fail: 'bad',
  inconclusive: 'open',
  error: 'open',
  not_asked: 'quiet',
};

/** The answers of all checks, during the bake and after a rollback. A headline among `reasons`, which the page shows above, is not repeated. */
export function checksTable(checks: readonly ReportCheck[], reasons: readonly ReasonLayers[]): Html {
  const isRecovering = checks.some((check) => check.verifying !== null);
  const heads = ['Check', 'During the bake', ...(isRecovering ? ['After the rollback'] : [])];
  const rows = checks.map((check) => {
    const { name, critical, baking, verifying } = check;
    const cell = (measurement: ReportCheck['baking'], head: string) => answerCell(answerOf(check, measurement), { head, reasons });
    return html`<tr><td><b>${name}</b>${critical ? '' : html` <span class="quiet">(advisory)</span>`}</td>${cell(baking, 'During the bake')}${isRecovering ? cell(verifying, 'After the rollback') : ''}</tr>`;
  });
  return html`<table class="stack"><thead><tr>${heads.map((head) => html`<th>${head}</th>`)}</tr></thead><tbody>${rows}</tbody></table>`;
}

type CellContext = { readonly head: string; readonly reasons: readonly ReasonLayers[] };

function answerCell(answer: CheckAnswer, { head, reasons }: CellContext): Html {
  const { outcome, headline, reason, because, notes, unproven } = answer;
  const isAbove = reasons.some(({ text }) => isHeadlineOf(text, answer));
  const words = outcome === 'not_asked' ? '' : outcome === 'error' ? reason : headline;
  return html`<td data-head="${head}"><b class="${tones[outcome]}">${outcomeWords[outcome]}</b> ${isAbove ? html`<span class="quiet">as said above</span>` : words}
${unproven === null ? '' : html`<p><b class="open">unproven</b> ${unproven}</p>`}${isAbove ? '' : layersBelow({ because, notes })}</td>`;
}

/** What lies below a headline, folded up. */
function layersBelow({ because, notes }: Pick<CheckAnswer, 'because' | 'notes'>): Html | string {
  const lines = [because, ...notes].filter((text) => text !== '');
  return lines.length === 0 ? '' : html`<details><summary>Why</summary>${lines.map((text) => html`<p>${text}</p>`)}</details>`;
}
