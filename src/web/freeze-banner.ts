import type { Freeze } from '../core/bake/facts.ts';
import type { Caller } from '../usecases/caller.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { time } from './time.ts';

/** Where automatic rollbacks are stopped, since when, why, and by whom. Several freezes have one banner. */
export function freezeBanner(freezes: readonly Freeze[], caller: Pick<Caller, 'may'>): Html {
  const [first, ...others] = freezes;
  if (first === undefined) return html`<div id="freezes"></div>`;
  const words = others.length === 0 ? sentence(first) : html`<b>Automatic rollbacks are frozen in ${freezes.length} places</b>`;
  const list =
    others.length === 0
      ? ''
      : html`<details class="banner-list" id="freeze-list"><summary>Details</summary><ul>${freezes.map((freeze) => html`<li>${sentence(freeze)}${howToLift(freeze, caller)}</li>`)}</ul></details>`;
  return html`<div id="freezes"><div class="banner warn">${icon('flake')}<p>${words}${others.length === 0 ? howToLift(first, caller) : ''}</p>${list}</div></div>`;
}

function sentence({ service, by, why, since, until }: Freeze): Html {
  return html`<b>Automatic rollbacks are frozen for ${service ?? 'all services'}</b> since ${time(since, 'clock')}${until === undefined ? '' : html` until ${time(until)}`}: “${why}”. ${by}.`;
}

function howToLift({ service }: Freeze, caller: Pick<Caller, 'may'>): Html | string {
  if (!caller.may('operate', { service, environment: null })) return '';
  const command = service === null ? 'bakewatch unfreeze' : `bakewatch unfreeze -s ${service}`;
  return html` <span class="third">Lift it with <code>${command}</code></span>`;
}
