import type { OverviewQuery } from '../usecases/overview-query.ts';
import type { Overview, OverviewLine } from '../usecases/view-overview.ts';
import { badge } from './badge.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { overviewAddress } from './overview-address.ts';
import { lookOfLine, placeId, servicePath } from './place-parts.ts';
import { barsLegend, recentBars } from './recent-bars.ts';
import { time } from './time.ts';

/** All services and environments, page by page. */
export function tablePart({ page, total, services }: Overview, query: OverviewQuery): Html {
  const count = `${services} ${services === 1 ? 'service' : 'services'} in ${total} ${total === 1 ? 'place' : 'places'}`;
  return html`<section aria-labelledby="places-title"><div class="section-head"><h2 id="places-title">All services <small>${count}</small></h2>
${orderLink(page.lines, query)}${orderChoice(query)}</div>
${
  page.lines.length === 0
    ? nothingFound(query)
    : html`<div class="panel flush"><table class="list places" id="places"><caption class="hidden-text">Services and environments, with what runs and how its last deploy ended</caption>
<thead><tr><th scope="col">Service</th><th scope="col" class="wide">Environment</th><th scope="col">Runs</th><th scope="col" class="wide">Known-good</th><th scope="col">Last verdict</th><th scope="col" class="wide">Because</th><th scope="col" class="wide roomy">Last 12 deploys</th><th scope="col" class="wide num">Deployed</th></tr></thead>
<tbody>${page.lines.map(row)}</tbody></table>
<div class="table-foot"><span>${page.before + 1} to ${page.before + page.lines.length} of ${total}</span>${barsLegend()}${pageLinks(page, query)}</div></div>`
}</section>`;
}

function row(line: OverviewLine): Html {
  const { service, environment, latest, runs, knownGood, because, recent, isFrozen, deployedAt } = line;
  const frozen = isFrozen ? html` <span class="warn frozen">${icon('flake')}<span class="hidden-text">frozen</span></span>` : '';
  const look = lookOfLine(line);
  const good =
    knownGood === null
      ? html`<span class="third">none</span>`
      : knownGood === runs
        ? html`<span class="third">same</span>`
        : html`<span class="code">${knownGood}</span>`;
  return html`<tr id="${placeId('row', line)}"><th scope="row"><a class="name" id="${placeId('link', line)}" href="${servicePath(service)}">${service}</a>${frozen}<span class="narrow second">${environment}</span></th>
<td class="wide">${environment}</td><td class="version"><span class="code">${runs ?? 'not known'}</span></td><td class="wide">${good}</td>
<td><a class="verdict" id="${placeId('verdict', line)}" href="/deploys/${latest.deploy.id}">${badge(look, look.tone === 'good' ? 'quiet' : 'bare')}</a></td>
<td class="wide second because">${because}</td><td class="wide roomy">${recentBars(recent)}</td><td class="wide num second nowrap">${time(deployedAt, 'ago')}</td></tr>`;
}

/** Shown by a script when the order on the server is no longer that of the page: lines never move under the pointer. */
function orderLink(lines: readonly OverviewLine[], query: OverviewQuery): Html {
  const ids = lines.map((line) => placeId('row', line)).join(' ');
  return html`<a id="order" class="button plain" href="${overviewAddress(query)}" data-order="${ids}" hidden="">The order has changed: show it</a>`;
}

const orderNames = { trouble: 'Trouble first', name: 'By name', newest: 'Newest first' } as const;

function orderChoice({ order }: OverviewQuery): Html {
  const options = Object.entries(orderNames).map(
    ([value, name]) => html`<option value="${value}"${value === order ? html` selected=""` : ''}>${name}</option>`,
  );
  return html`<label class="order"><span class="hidden-text">Order</span><select class="field plain" name="sort" form="search" data-submits="">${options}</select></label>`;
}

function pageLinks({ before, next }: Overview['page'], query: OverviewQuery): Html {
  const first = before === 0 ? '' : html`<a class="button" href="${overviewAddress({ ...query, after: null })}">First page</a>`;
  const following = next === null ? '' : html`<a class="button" href="${overviewAddress({ ...query, after: next })}">Next</a>`;
  return html`<span class="pages">${first}${following}</span>`;
}

function nothingFound({ text }: OverviewQuery): Html {
  const other =
    text === ''
      ? ''
      : html`<p>Only the newest deploy of each place is searched here. <a href="/deploys?q=${encodeURIComponent(text.toWellFormed())}">Search all deploys</a></p>`;
  return html`<div class="panel empty"><p>No service matches.</p>${other}<p><a href="/">Show all</a></p></div>`;
}
