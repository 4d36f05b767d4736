import type { DeploySummary } from '../ports/bake-store.ts';
import { type DeploysQuery, deploysAddress, stateFilters } from './deploys-address.ts';
import { deploysTable } from './deploys-table.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { layout } from './layout.ts';
import type { Viewer } from './viewer.ts';

type DeploysFrame = { readonly viewer: Viewer; readonly query: DeploysQuery; readonly next: DeploysQuery['before'] };

/** All deploys, newest first, page by page. */
export function deploysPage(records: readonly DeploySummary[], { viewer, query, next }: DeploysFrame): Html {
  const isFiltered = deploysAddress({ ...query, before: null }) !== '/deploys';
  const first = query.before === null ? '' : html`<a class="button" href="${deploysAddress({ ...query, before: null })}">Newest</a>`;
  const older = next === null ? '' : html`<a class="button" href="${deploysAddress({ ...query, before: next })}">Older</a>`;
  const nothing = isFiltered
    ? html`<p>No deploy matches.</p><p><a href="/deploys">Show all</a></p>`
    : html`<p>No deploy has been registered yet.</p><p><a href="/">How to begin</a></p>`;
  const list =
    records.length === 0
      ? html`<div class="panel empty">${nothing}</div>`
      : html`<div class="panel flush">${deploysTable(records, { caption: 'Deploys, newest first' })}<div class="table-foot"><span>${records.length} deploys</span><span class="pages">${first}${older}</span></div></div>`;
  return layout({ title: 'Deploys', viewer, section: 'deploys' }, html`<h1>Deploys</h1>${filters(query)}${list}`);
}

function filters(query: DeploysQuery): Html {
  const { text, service, environment, version, commit, state } = query;
  const states = Object.entries(stateFilters).map(
    ([value, name]) => html`<option value="${value}"${value === state ? html` selected=""` : ''}>${name}</option>`,
  );
  const isNarrow = [service, environment, version, commit].some((one) => one !== '');
  const field = (name: string, title: string, value: string) =>
    html`<label class="choice"><span>${title}</span><input class="field" name="${name}" value="${value}" maxlength="200" autocomplete="off"></label>`;
  return html`<form class="filters page-filters" role="search" action="/deploys" method="get">
<label class="search"><span class="hidden-text">Service, release, commit or person</span>${icon('search')}<input class="field" type="search" name="q" value="${text}" placeholder="Service, release, commit or person" maxlength="200"><kbd aria-hidden="true">/</kbd></label>
<label class="choice"><span>State</span><select class="field" name="state" data-submits=""><option value="">all</option>${states}</select></label>
<button class="button" type="submit">Search</button>
<details class="more-filters"${isNarrow ? html` open=""` : ''}><summary>More filters</summary><div class="filters">${field('service', 'Service', service)}${field('environment', 'Environment', environment)}${field('version', 'Release', version)}${field('commit', 'Commit', commit)}</div></details></form>`;
}
