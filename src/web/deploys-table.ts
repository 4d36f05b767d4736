import type { DeploySummary } from '../ports/bake-store.ts';
import { reasonsOf } from '../usecases/view-deploy.ts';
import { badge } from './badge.ts';
import { type Html, html } from './html.ts';
import { servicePath, shortLook } from './place-parts.ts';
import { time } from './time.ts';

/** What a list of deploys leaves out, because all of them have the same. */
type TableForm = { readonly caption: string; readonly isOfPlace?: boolean };

/** Deploys in a table, one line each. */
export function deploysTable(records: readonly DeploySummary[], { caption, isOfPlace = false }: TableForm): Html {
  const place = isOfPlace ? '' : html`<th scope="col">Service</th><th scope="col" class="wide">Environment</th>`;
  return html`<table class="list places"><caption class="hidden-text">${caption}</caption>
<thead><tr>${place}<th scope="col">Release</th><th scope="col">Verdict</th><th scope="col" class="wide">Because</th><th scope="col" class="wide">By</th><th scope="col" class="num${isOfPlace ? '' : ' wide'}">Deployed</th></tr></thead>
<tbody>${records.map((record) => row(record, isOfPlace))}</tbody></table>`;
}

function row(record: DeploySummary, isOfPlace: boolean): Html {
  const { deploy, bake } = record;
  const { service, environment, release, registeredBy } = deploy;
  const look = shortLook(record);
  const [headline = 'watching the checks', ...others] = reasonsOf(record);
  const more = others.length === 0 ? '' : html` <span class="third">and ${others.length} more</span>`;
  const at = time(bake.deployedAt ?? deploy.registeredAt, 'ago');
  const place = html`<td><a class="name" href="${servicePath(service)}">${service}</a><span class="narrow second">${environment}</span></td><td class="wide">${environment}</td>`;
  const commit = release.commit === undefined ? '' : html` <span class="code third wide">${release.commit.slice(0, 10)}</span>`;
  return html`<tr>${isOfPlace ? '' : place}<td class="version"><a class="code" href="/deploys/${deploy.id}">${release.version}</a>${commit}</td>
<td>${badge(look, look.tone === 'good' ? 'quiet' : 'bare')}${isOfPlace ? '' : html`<span class="narrow second">${at}</span>`}</td><td class="wide second because">${headline}${more}</td><td class="wide second">${registeredBy}</td>
<td class="num second nowrap${isOfPlace ? '' : ' wide'}">${at}</td></tr>`;
}
