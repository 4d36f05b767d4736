import { sparkline } from '../charts/sparkline.ts';
import type { Chart } from '../core/chart/chart.ts';
import { checkTitle } from '../core/judge/headline.ts';
import type { StateLook } from './badge.ts';
import { type Html, html, raw } from './html.ts';
import { icon } from './icons.ts';
import { type AnsweredCheck, isSuspicious } from './lead-check.ts';
import { verdictSentence } from './sentence.ts';

/** The checks as rows: an icon, what was measured, a small line, and a word. */
export function checkRows(checks: readonly AnsweredCheck[], charts: readonly Chart[]): Html {
  return html`<ul class="checks panel flush">${checks.map((one, i) => row(one, { chart: charts.find(({ check }) => check === one.check.name) ?? null, number: i + 1 }))}</ul>`;
}

/** "2 healthy, 1 unproven". */
export function countWords(checks: readonly AnsweredCheck[]): string {
  const words = checks.map((one) => lookOfCheck(one).word.toLowerCase());
  return [...new Set(words)].map((word) => `${words.filter((other) => other === word).length} ${word}`).join(', ');
}

export function lookOfCheck(one: AnsweredCheck): StateLook {
  const { answer } = one;
  if (answer.unproven !== null && answer.outcome !== 'fail') return { tone: 'warn', shape: 'triangle', word: 'Unproven' };
  switch (answer.outcome) {
    case 'pass':
      return { tone: 'good', shape: 'tick', word: 'Healthy' };
    case 'fail':
      return { tone: 'bad', shape: 'cross', word: answer.critical ? 'Failed' : 'Failed, advisory' };
    case 'inconclusive':
      return isSuspicious(one)
        ? { tone: 'warn', shape: 'triangle', word: 'Suspicious' }
        : { tone: 'idle', shape: 'question', word: 'Cannot tell yet' };
    case 'error':
      return { tone: 'warn', shape: 'triangle', word: 'Could not be asked' };
    case 'not_asked':
      return { tone: 'idle', shape: 'open', word: 'Not asked yet' };
  }
}

type RowContext = { readonly chart: Chart | null; readonly number: number };

function row(one: AnsweredCheck, { chart, number }: RowContext): Html {
  const { check, answer, after } = one;
  const look = lookOfCheck(one);
  const headline = answer.outcome === 'not_asked' ? '' : answer.outcome === 'error' ? answer.reason : answer.headline;
  const said = answer.unproven === null ? headline : `${headline}; unproven: ${answer.unproven}`;
  const more = [
    answer.because,
    ...answer.notes,
    ...(after === null || after.headline === answer.headline ? [] : [`after the rollback: ${after.headline}`]),
  ].filter((text) => text !== '');
  const why =
    more.length === 0
      ? ''
      : html`<details id="why-${number}"><summary>Why</summary>${more.map((text) => html`<p>${verdictSentence(text)}</p>`)}</details>`;
  return html`<li class="${look.tone}">${icon(look.shape)}<div><b>${checkTitle(check.name)}</b> ${said}${why}</div>${raw(sparkline(chart))}<span class="toned">${look.word}</span></li>`;
}
