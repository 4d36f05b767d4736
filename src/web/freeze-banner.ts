import type { Freeze } from '../core/bake/facts.ts';
import type { Caller } from '../usecases/caller.ts';
import { freezePath } from './freeze-page.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { time } from './time.ts';

/** Where automatic rollbacks are stopped, since when, why, and by whom. Several freezes have one banner. */
export function freezeBanner(freezes: readonly Freeze[], caller: Pick<Caller, 'may'>): Html {
  const [first, ...others] = freezes;
  if (first === undefined) return html`<div id="freezes"></div>`;
  const words = others.length === 0 ? freezeSentence(first) : html`<b>Automatic rollbacks are frozen in ${freezes.length} places</b>`;
  const list = html`<details class="banner-list" id="freeze-list"><summary>Details</summary><ul>${freezes.map((freeze) => html`<li>${freezeSentence(freeze)}${liftButton(freeze, caller)}</li>`)}</ul></details>`;
  return html`<div id="freezes"><div class="banner warn">${icon('flake')}<p>${words}</p>${others.length === 0 ? liftButton(first, caller) : list}</div></div>`;
}

function freezeSentence({ service, by, why, since, until }: Freeze): Html {
  return html`<b>Automatic rollbacks are frozen for ${service ?? 'all services'}</b> since ${time(since, 'clock')}${until === undefined ? '' : html` until ${time(until)}`}: “${why}”. ${by}.`;
}

/** Opens the page that names the consequence first. */
function liftButton({ service }: Freeze, caller: Pick<Caller, 'may'>): Html | string {
  if (!caller.may('operate', { service, environment: null })) return '';
  return html` <a class="button" href="${freezePath({ service })}">Lift freeze…</a>`;
}
