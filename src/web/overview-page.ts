import type { Caller } from '../usecases/caller.ts';
import type { OverviewQuery } from '../usecases/overview-query.ts';
import type { Overview } from '../usecases/view-overview.ts';
import { freezeBanner } from './freeze-banner.ts';
import { type Html, html } from './html.ts';
import { layout } from './layout.ts';
import { overviewAddress } from './overview-address.ts';
import { bakingPart } from './overview-baking.ts';
import { emptyPart } from './overview-empty.ts';
import { filtersPart } from './overview-filters.ts';
import { tablePart } from './overview-table.ts';
import { wrongPart } from './overview-wrong.ts';
import { placeId } from './place-parts.ts';
import type { Viewer } from './viewer.ts';
import { warningLines } from './warning-lines.ts';

type OverviewFrame = {
  readonly viewer: Viewer;
  readonly caller: Caller;
  readonly query: OverviewQuery;
  readonly now: number;
  readonly warnings?: readonly string[];
};

/** The overview: what needs a person, what is baking, what went wrong, and all services. */
export function overviewPage(overview: Overview, { viewer, caller, query, now, warnings = [] }: OverviewFrame): Html {
  const { show, after } = query;
  const isFirst = after === null;
  const body = overview.isEmpty
    ? html`${renewer(query, ['main:innerHTML'])}${emptyPart()}`
    : html`<h1 class="hidden-text">Overview</h1>${renewer(query, partsOf(overview))}<p class="hidden-text" id="news" aria-live="polite"></p>
${freezeBanner(overview.freezes, caller)}${filtersPart(overview, query)}
${isFirst && (show === 'all' || show === 'baking') ? bakingPart(overview.baking, now) : ''}
${isFirst && show !== 'baking' ? wrongPart(overview.wrong, caller) : ''}
${tablePart(overview, query)}`;
  return layout({ title: 'Overview', viewer, section: 'overview', isLive: true }, html`${warningLines(warnings)}${body}`);
}

/** Each part is replaced by its id, where it stands: the server renders the same page again. */
function partsOf({ page }: Overview): readonly string[] {
  return ['freezes', 'counts', 'baking', 'wrong', 'order', ...page.lines.map((line) => placeId('row', line))];
}

function renewer(query: OverviewQuery, parts: readonly string[]): Html {
  return html`<div hidden="" data-paced="" hx-get="${overviewAddress(query)}" hx-trigger="sse:deploy, sse:freeze, sse:reset, renew, every 15s" hx-swap="none" hx-select-oob="${parts.map((part) => `#${part}`).join(',')}"></div>`;
}
