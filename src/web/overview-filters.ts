import { type OverviewQuery, type QuickFilter, quickFilters } from '../usecases/overview-query.ts';
import type { Overview } from '../usecases/view-overview.ts';
import type { Tone } from './badge.ts';
import { type Html, html } from './html.ts';
import { type IconShape, icon } from './icons.ts';
import { overviewAddress } from './overview-address.ts';

const names: Readonly<Record<QuickFilter, string>> = { all: 'All', needs: 'Needs a person', baking: 'Baking', wrong: 'Went wrong' };
const looks: Readonly<Record<QuickFilter, readonly [Tone, IconShape] | null>> = {
  all: null,
  needs: ['bad', 'cross'],
  baking: ['accent', 'ring'],
  wrong: ['back', 'back'],
};

/** The search and the filters: a form whose fields are kept in the address. */
export function filtersPart({ counts, environments }: Pick<Overview, 'counts' | 'environments'>, query: OverviewQuery): Html {
  const { text, environment, show } = query;
  const known = environment === null || environments.includes(environment) ? environments : [...environments, environment];
  const options = known.map((one) => html`<option value="${one}"${one === environment ? html` selected=""` : ''}>${one}</option>`);
  return html`<form class="filters" id="search" role="search" action="/" method="get">
<label class="search"><span class="hidden-text">Service, release, commit or person</span>${icon('search')}<input class="field" type="search" name="q" value="${text}" placeholder="Service, release, commit or person" maxlength="200"><kbd aria-hidden="true">/</kbd></label>
<label class="choice"><span>Environment</span><select class="field" name="environment" data-submits=""><option value="">all</option>${options}</select></label>
${show === 'all' ? '' : html`<input type="hidden" name="show" value="${show}">`}<noscript><button class="button" type="submit">Search</button></noscript>
<nav class="segments" id="counts" aria-label="Quick filters">${quickFilters.map((one) => segment(one, counts[one], query))}</nav></form>`;
}

function segment(show: QuickFilter, count: number, query: OverviewQuery): Html {
  const look = looks[show];
  const shape = look === null ? '' : html`<span class="${count === 0 ? 'idle' : look[0]}">${icon(look[1])}</span>`;
  const current = show === query.show ? html` aria-current="true"` : '';
  return html`<a id="show-${show}" href="${overviewAddress({ ...query, show, after: null })}"${current}>${shape}${names[show]} <span class="third">${count}</span></a>`;
}
