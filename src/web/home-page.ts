import { targetName } from '../core/bake/deploy.ts';
import { describeBake } from '../core/bake/narrate.ts';
import type { ServiceSummary } from '../ports/deploy-catalog.ts';
import { type Html, html } from './html.ts';
import { layout } from './layout.ts';

/** The overview: every service with its newest deploy. Shown only by a server without tokens. */
export function homePage(services: readonly ServiceSummary[]): Html {
  const rows = services.map(
    ({
      service,
      environment,
      latest,
      knownGood,
      isUnverified,
    }) => html`<tr><td><a href="/services/${encodeURIComponent(service.toWellFormed())}">${service}</a></td><td>${environment}</td>
<td><a href="/deploys/${latest.deploy.id}">${latest.deploy.release.version}</a></td><td>${describeBake(latest.bake)}</td><td>${knownGood ? targetName({ version: knownGood.deploy.release.version, isUnverified }) : '–'}</td></tr>`,
  );
  const table = html`<table><thead><tr><th>Service</th><th>Environment</th><th>Newest deploy</th><th>State</th><th>Known-good</th></tr></thead><tbody>${rows}</tbody></table>`;
  return layout('Services', html`<h1>Services</h1>${services.length === 0 ? html`<p>No deploy has been registered yet.</p>` : table}`);
}
