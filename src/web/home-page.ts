import { targetName } from '../core/bake/deploy.ts';
import type { ServiceSummary } from '../ports/deploy-catalog.ts';
import { type Html, html } from './html.ts';
import { layout } from './layout.ts';
import { stateCell } from './state-cell.ts';
import type { Viewer } from './viewer.ts';
import { warningLines } from './warning-lines.ts';

/** The overview: every service with its newest deploy. Shown only by a server without tokens. */
export function homePage(
  services: readonly ServiceSummary[],
  { viewer, now, warnings = [] }: { readonly viewer: Viewer; readonly now: number; readonly warnings?: readonly string[] },
): Html {
  const rows = services.map(
    ({
      service,
      environment,
      latest,
      knownGood,
      isUnverified,
    }) => html`<tr><td><a href="/services/${encodeURIComponent(service.toWellFormed())}">${service}</a></td><td data-head="Environment">${environment}</td>
<td data-head="Newest deploy"><a href="/deploys/${latest.deploy.id}">${latest.deploy.release.version}</a></td>${stateCell(latest, now)}<td data-head="Known-good">${knownGood ? targetName({ version: knownGood.deploy.release.version, isUnverified }) : '–'}</td></tr>`,
  );
  const table = html`<table class="stack"><thead><tr><th>Service</th><th>Environment</th><th>Newest deploy</th><th>State</th><th>Known-good</th></tr></thead><tbody>${rows}</tbody></table>`;
  return layout(
    { title: 'Services', viewer, section: 'overview' },
    html`<h1>Services</h1>${warningLines(warnings)}${services.length === 0 ? html`<p>No deploy has been registered yet.</p>` : table}`,
  );
}
