import { targetName } from '../core/bake/deploy.ts';
import { formatNumber, formatShare } from '../core/base/format-number.ts';
import type { Dora, DurationStats } from '../core/report/dora.ts';
import { formatRoundedDuration } from '../core/report/summarize.ts';
import type { PlaceView } from '../usecases/view-service.ts';
import { deploysTable } from './deploys-table.ts';
import { durationWords } from './duration-words.ts';
import { type Html, html } from './html.ts';
import { layout } from './layout.ts';
import type { Viewer } from './viewer.ts';

/** The page of a service: the known-good release, the DORA metrics and the newest deploys of each environment. Shown only to a caller who may read it. */
export function servicePage(service: string, places: readonly PlaceView[], { viewer }: { readonly viewer: Viewer }): Html {
  return layout(
    { title: service, viewer, section: 'overview' },
    html`<p class="crumbs"><a href="/">Overview</a></p><h1>${service}</h1>${places.map((place) => placePart(service, place))}`,
  );
}

function placePart(service: string, { environment, knownGood, dora, recent }: PlaceView): Html {
  const good =
    knownGood === null
      ? 'no known-good release'
      : html`known-good: <a href="/deploys/${knownGood.deployId}"><span class="code">${targetName(knownGood)}</span></a>`;
  const all = new URLSearchParams({ service: service.toWellFormed(), environment: environment.toWellFormed() });
  return html`<section><div class="section-head"><h2>${environment} <small>${good}; figures of the last ${durationWords(dora.to - dora.from)}</small></h2><a href="/deploys?${all}">All deploys</a></div>
<dl class="tiles">${doraRows(dora).map(([name, value, words]) => html`<div><dt>${name}</dt><dd class="figure">${value}</dd><dd class="second small">${words}</dd></div>`)}</dl>
<div class="panel flush">${deploysTable(recent, { caption: `The newest deploys in ${environment}`, isOfPlace: true })}</div></section>`;
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
