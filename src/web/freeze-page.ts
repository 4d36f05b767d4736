import type { Freeze } from '../core/bake/facts.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { layout } from './layout.ts';
import { time } from './time.ts';
import type { Viewer } from './viewer.ts';

/** Which freeze a page is about: that of one service, or of all. */
export type FreezeSubject = { readonly service: string | null };

type FreezeList = {
  readonly freezes: readonly Freeze[];
  /** The services that the reader may freeze, and whether the reader may freeze all. */
  readonly services: readonly string[];
  readonly mayFreezeAll: boolean;
  readonly viewer: Viewer;
};

export function freezePath({ service }: FreezeSubject): string {
  return service === null ? '/freeze?all=yes' : `/freeze?service=${encodeURIComponent(service.toWellFormed())}`;
}

/** All freezes in force, and the way to a new one. Nothing on this page acts. */
export function freezesPage({ freezes, services, mayFreezeAll, viewer }: FreezeList): Html {
  const mayLift = ({ service }: Freeze) => (service === null ? mayFreezeAll : services.includes(service));
  const rows = freezes.map(
    (
      freeze,
    ) => html`<div class="banner warn">${icon('flake')}<p><b>${nameOf(freeze)}</b> frozen since ${time(freeze.since)}${endOf(freeze)} by ${freeze.by}: ${freeze.why}</p>
${mayLift(freeze) ? html`<a class="button" href="${freezePath(freeze)}">Lift…</a>` : ''}</div>`,
  );
  const choice =
    services.length === 0
      ? ''
      : html`<form class="freeze-choice" method="get" action="/freeze"><label class="why">A service<input class="field" name="service" list="services" required maxlength="200" autocomplete="off"></label>
<datalist id="services">${services.map((service) => html`<option value="${service}"></option>`)}</datalist><button class="button big" type="submit">Freeze this service…</button></form>`;
  return layout(
    { title: 'Freezes', viewer, section: 'freezes' },
    html`<section class="decide"><h1>Freezes</h1><p class="second">A freeze stops automatic rollbacks. Bakewatch goes on to judge, and asks people to act.</p>
<h2>In force</h2>${rows.length === 0 ? html`<p class="panel empty">Nothing is frozen.</p>` : rows}
${choice === '' && !mayFreezeAll ? '' : html`<h2>Freeze</h2>`}${choice}${mayFreezeAll ? html`<p class="choices"><a class="button big danger-outline" href="/freeze?all=yes">Freeze all services…</a></p>` : ''}</section>`,
  );
}

type FreezeForm = {
  readonly subject: FreezeSubject;
  /** The freeze of this very subject, if it is in force. */
  readonly current: Freeze | null;
  /** What the reader should know about the name, if anything. */
  readonly note: string | null;
  readonly csrf: Html;
  readonly viewer: Viewer;
};

/** The page that freezes, or lifts the freeze. It names the consequence first. */
export function freezePage({ subject, current, note, csrf, viewer }: FreezeForm): Html {
  const what = subject.service ?? 'all services';
  const title = current === null ? `Freeze ${what}?` : `Lift the freeze of ${what}?`;
  const steps =
    current === null
      ? [
          ['No automatic rollback', `a bad release of ${what} stays until a person acts, in every environment`],
          ['No shift to more traffic', 'a bake in stages waits'],
          ['Bakewatch goes on to judge', 'and notifies people; they can still roll back by hand'],
          ['The notifiers get a message', 'with your name, the reason and the end'],
        ]
      : [
          ['Automatic rollbacks are allowed again', `for ${what}, in every environment, from the next verdict on`],
          ['The notifiers get a message', 'with your name'],
        ];
  const stamp = current === null ? 'none' : String(current.since);
  return layout(
    { title, viewer, section: 'freezes' },
    html`<section class="decide"><p class="crumbs"><a href="/freeze">Freezes</a> / ${what}</p><h1>${title}</h1>
${note === null ? '' : html`<div class="panel decide-headline warn">${icon('triangle')}<p>${note}</p></div>`}
${current === null ? '' : html`<div class="banner warn">${icon('flake')}<p>Frozen since ${time(current.since)}${endOf(current)} by ${current.by}: ${current.why}</p></div>`}
<h2>What will happen</h2><ol class="panel decide-steps">${steps.map(([step, detail]) => html`<li><b>${step}</b><span class="second">${detail}</span></li>`)}</ol>
<form method="post" action="${freezePath(subject)}">${csrf}<input type="hidden" name="version" value="${stamp}">
${
  current === null
    ? html`<label class="why">Why?<textarea class="field" name="why" rows="2" maxlength="1000" required></textarea></label>
<label class="why">Until<select class="field" name="for">${ends.map(([length, words]) => html`<option value="${length}">${words}</option>`)}</select></label>`
    : ''
}
<button class="button big ${current === null ? 'danger' : 'primary'}" type="submit">${current === null ? `Freeze ${what}` : `Lift the freeze of ${what}`}</button></form>
<p class="nothing">${current === null ? 'If you do nothing, automatic rollbacks go on.' : current.until === undefined ? 'If you do nothing, the freeze stays.' : 'If you do nothing, the freeze ends by itself at its time.'}</p></section>`,
  );
}

/** The choices of the form: how long the freeze holds. */
const ends = [
  ['', 'somebody lifts it'],
  ['1h', '1 hour from now'],
  ['4h', '4 hours from now'],
  ['12h', '12 hours from now'],
  ['1d', '1 day from now'],
  ['3d', '3 days from now'],
  ['7d', '7 days from now'],
  ['30d', '30 days from now'],
] as const;

function endOf({ until }: Freeze): Html | string {
  return until === undefined ? '' : html` until ${time(until)}`;
}

function nameOf({ service }: Freeze): string {
  return service ?? 'All services';
}
