import type { AuditOutcome, AuditRow } from '../ports/audit-trail.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { layout } from './layout.ts';
import { time } from './time.ts';
import type { Viewer } from './viewer.ts';

/** The filters of the page, as the address has them. */
export type AuditFilters = Readonly<Record<'actor' | 'verb' | 'service' | 'environment', string>>;

type AuditList = {
  readonly rows: readonly AuditRow[];
  readonly filters: AuditFilters;
  /** The address of the next page; `null`: there are no older rows. */
  readonly next: string | null;
  readonly viewer: Viewer;
};

const outcomeLooks: Readonly<Record<AuditOutcome, readonly ['tick' | 'dash' | 'cross', string]>> = {
  done: ['tick', 'good'],
  refused: ['dash', 'idle'],
  failed: ['cross', 'bad'],
};

const labels: Readonly<Record<keyof AuditFilters, string>> = { actor: 'Who', verb: 'Verb', service: 'Service', environment: 'Environment' };

/** Who did what, where, and with what result; the newest first. */
export function auditPage({ rows, filters, next, viewer }: AuditList): Html {
  const fields = Object.entries(filters).map(([name, value]) => {
    // A cast: the entries of the filters have their names.
    const label = labels[name as keyof AuditFilters];
    return html`<label class="why">${label}<input class="field" name="${name}" value="${value}" maxlength="200"></label>`;
  });
  const table = html`<div class="panel flush"><table class="list stack"><caption class="hidden-text">What people, tokens and strangers did, the newest first</caption>
<thead><tr><th scope="col">Who</th><th scope="col">What</th><th scope="col">Where</th><th scope="col">Result</th><th scope="col">When</th></tr></thead><tbody>${rows.map(rowOf)}</tbody></table></div>`;
  return layout(
    { title: 'Audit trail', viewer, section: 'audit' },
    html`<h1>Audit trail</h1><p class="second">What people, tokens and strangers did with this server.</p>
<form class="audit-filters" method="get" action="/audit">${fields}<button class="button" type="submit">Filter</button></form>
${rows.length === 0 ? html`<p class="panel empty">Nothing was recorded that you may see.</p>` : table}
${next === null ? '' : html`<p class="choices"><a class="button" href="${next}">Older</a></p>`}`,
  );
}

function rowOf({ actor, verb, place, deployId, outcome, count, detail, at }: AuditRow): Html {
  const [shape, tone] = outcomeLooks[outcome];
  const where = [place.service, place.environment].filter((part) => part !== null).join(' in ');
  return html`<tr><td data-head="Who"><b>${actor.name}</b> <span class="third">${actor.kind}</span></td>
<td data-head="What">${verb}${detail === '' ? '' : html` <span class="second">${detail}</span>`}</td>
<td data-head="Where">${deployId === null ? where : html`<a href="/deploys/${deployId}">${where}</a>`}</td>
<td data-head="Result" class="${tone}">${icon(shape)} ${outcome}${count > 1 ? `, ${count} times` : ''}</td><td data-head="When">${time(at)}</td></tr>`;
}
