import { describeTimeLeft } from '../core/bake/time-left.ts';
import type { DeploySummary } from '../ports/bake-store.ts';
import { reasonsOf } from '../usecases/view-deploy.ts';
import { type Html, html } from './html.ts';
import { toneOf } from './state-banner.ts';

/** The state of a bake in a list: a word, how long it still takes, and the headline. */
export function stateCell(record: DeploySummary, now: number): Html {
  const { bake } = record;
  const [headline = '', ...others] = reasonsOf(record);
  const left = bake.state === 'baking' ? `, ${describeTimeLeft(bake, now)}` : '';
  const isUnsure = bake.state === 'passed' && bake.confidence === 'low';
  const word = isUnsure ? 'passed, low confidence' : bake.state.replaceAll('_', ' ');
  const more = others.length === 0 ? '' : html` <span class="quiet">(and ${others.length} more)</span>`;
  return html`<td data-head="State"><b class="${toneOf(bake)}">${word}</b>${left}<p>${headline}${more}</p></td>`;
}
