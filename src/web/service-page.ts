import { targetName } from '../core/bake/deploy.ts';
import { formatDuration } from '../core/base/duration.ts';
import { formatInstant } from '../core/base/format-instant.ts';
import { formatNumber, formatShare } from '../core/base/format-number.ts';
import type { Dora, DurationStats } from '../core/report/dora.ts';
import { formatRoundedDuration } from '../core/report/summarize.ts';
import type { PlaceView } from '../usecases/view-service.ts';
import { type Html, html } from './html.ts';
import { layout } from './layout.ts';
import { stateCell } from './state-cell.ts';
import type { Viewer } from './viewer.ts';

/** The page of a service: the known-good release, the DORA metrics and the newest deploys of each environment. Shown only by a server without tokens. */
export function servicePage(
  service: string,
  places: readonly PlaceView[],
  { viewer, now }: { readonly viewer: Viewer; readonly now: number },
): Html {
  return layout(
    { title: service, viewer, section: 'overview' },
    html`<p><a href="/">Services</a></p><h1>${service}</h1>${places.map((place) => placePart(place, now))}`,
  );
}

function placePart({ environment, knownGood, dora, recent }: PlaceView, now: number): Html {
  return html`<h2>${environment}</h2>
<p>Known-good: ${knownGood === null ? 'none' : html`<a href="/deploys/${knownGood.deployId}">${targetName(knownGood)}</a>`}.</p>
<table><thead><tr><th>In the last ${formatDuration(dora.to - dora.from)}</th><th></th><th></th></tr></thead><tbody>${doraRows(dora).map(
    ([name, value, words]) => html`<tr><td>${name}</td><td><b>${value}</b></td><td class="quiet">${words}</td></tr>`,
  )}</tbody></table>
<table class="stack"><thead><tr><th>Deploy</th><th>Registered (UTC)</th><th>State</th></tr></thead><tbody>${recent.map(
    (record) =>
      html`<tr><td><a href="/deploys/${record.deploy.id}">${record.deploy.release.version}</a></td><td data-head="Registered"><time>${formatInstant(record.deploy.registeredAt)}</time></td>${stateCell(record, now)}</tr>`,
  )}</tbody></table>`;
}

function doraRows({
  deploys,
  changeFailure,
  restore,
  leadTime,
  notCounted,
}: Dora): readonly (readonly [name: string, value: string, words: string])[] {
  const { failed, of, rate, interval } = changeFailure;
  const left = Object.entries(notCounted).flatMap(([name, count]) => (count === 0 ? [] : [`${count} ${name.replaceAll('_', ' ')}`]));
  const within = interval && `, 95 %: ${interval.map((share) => formatShare(Number(share.toPrecision(2)))).join(' to ')}`;
  return [
    ['Deploys', formatNumber(deploys.count), `${formatNumber(Number(deploys.perDay.toPrecision(2)))} a day`],
    [
      'Change failure rate',
      rate === null ? 'not known' : formatShare(Number(rate.toPrecision(3))),
      `${failed} of ${of} with a verdict${within ?? ''}${left.length === 0 ? '' : `; not counted: ${left.join(', ')}`}`,
    ],
    ['Time to restore', restore.open === 0 && restore.took === null ? '–' : tookText(restore.took), restoreText(restore)],
    [
      'Lead time',
      tookText(leadTime),
      leadTime === null ? 'no deploy was registered with the time of its commit (metadata committed_at)' : tookDetails(leadTime),
    ],
  ];
}

function tookText(took: DurationStats | null): string {
  return took === null ? 'not known' : formatRoundedDuration(took.medianMs);
}

function tookDetails(took: DurationStats): string {
  return `median of ${took.n}; 90th percentile ${formatRoundedDuration(took.p90Ms)}`;
}

function restoreText({ took, open }: Dora['restore']): string {
  const known = took === null ? [] : [tookDetails(took)];
  const unknown = open === 0 ? [] : [`${open} not known: no release has passed since`];
  return [...known, ...unknown].join('; ') || 'nothing had to be restored';
}
