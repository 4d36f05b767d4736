import type { Bake } from '../core/bake/bake.ts';
import { targetName } from '../core/bake/deploy.ts';
import { formatDuration } from '../core/base/duration.ts';
import { chartsOf } from '../core/chart/chart.ts';
import { formatWeight } from '../core/rules/stage.ts';
import type { Attempt } from '../ports/audit-log.ts';
import { type CheckView, type DeployDetails, reasonsOf } from '../usecases/view-deploy.ts';
import { chartFigures } from './chart-figures.ts';
import { type Html, html } from './html.ts';
import { layout } from './layout.ts';

/** The headline for each state, for the person who opens the page. */
const headlines: Readonly<Record<Bake['state'], readonly [tone: string, text: string]>> = {
  warming: ['quiet', 'Warming up: nothing is judged yet'],
  shifting: ['open', 'Traffic is being shifted'],
  baking: ['open', 'Baking: being watched'],
  awaiting_approval: ['bad', 'Unhealthy: a person must approve the rollback'],
  rolling_back: ['bad', 'Unhealthy: rolling back'],
  verifying: ['open', 'Rolled back: watching the recovery'],
  passed: ['good', 'Passed'],
  rolled_back: ['open', 'Rolled back, and the service has recovered'],
  inconclusive: ['open', 'Could not be judged'],
  failed: ['bad', 'Needs a person now'],
  canceled: ['quiet', 'Canceled: no longer watched'],
  superseded: ['quiet', 'Superseded by a newer deploy'],
};

function headlineOf(bake: Bake): readonly [tone: string, text: string] {
  const isUnconfirmed = bake.state === 'rolled_back' && bake.unconfirmed !== undefined;
  return isUnconfirmed ? ['open', 'Rolled back: the recovery could not be measured'] : headlines[bake.state];
}

/** The page of a deploy: what was measured, what it was compared with, and what was done. `showsServices`: whether services have pages. */
export function deployPage(view: DeployDetails, showsServices: boolean): Html {
  const { deploy, bake } = view.record;
  const title = `${deploy.service} ${deploy.release.version} (${deploy.environment})`;
  const [tone, headline] = headlineOf(bake);
  return layout(
    title,
    html`<h1>${title}</h1>
<p class="quiet">Registered ${time(deploy.registeredAt)} by ${deploy.registeredBy}${deploy.cause.kind === 'rollback' ? ', a rollback' : ''}${deploy.release.commit ? `, commit ${deploy.release.commit}` : ''}.
${deploy.links.map(({ title: text, url }) => html`<a href="${url}" rel="noreferrer">${text}</a> `)}<a href="/deploys/${deploy.id}/report">Report</a>${showsServices ? html` <a href="/services/${encodeURIComponent(deploy.service.toWellFormed())}">All of ${deploy.service}</a>` : ''}</p>
<section class="banner ${tone}"><strong>${headline}</strong>${detailsOf(bake)}
<ul>${reasonsOf(view.record).map((reason) => html`<li>${reason}</li>`)}</ul></section>
<h2>Checks</h2>
${checksTable(view.checks)}
${chartFigures(chartsOf(view))}
<h2>What happened</h2>
<table><thead><tr><th>When (UTC)</th><th>What</th><th>By</th></tr></thead><tbody>${view.timeline.map(
      ({ at, kind, by, text, detail }) =>
        html`<tr><td>${time(at)}</td><td><b>${kind.replaceAll('_', ' ')}</b> ${text}${detail ? html`<pre>${detail}</pre>` : ''}</td><td>${by}</td></tr>`,
    )}</tbody></table>
${openAttempts(view)}
<h2>What was asked</h2>
${view.prunedAt === null ? '' : html`<p>All measurements except the last one of each check were deleted at ${time(view.prunedAt)}.</p>`}
${view.checks.map((check) => html`<p><b>${check.name}</b> <span class="quiet">(${check.provider}, asked ${check.asked} times, ${check.couldNotAsk} of them without an answer)</span></p><pre>${check.latest?.query ?? 'not asked yet'}</pre>`)}`,
  );
}

/** The attempts without a recorded end. The timeline shows the others, with their output. */
function openAttempts({ record, attempts }: DeployDetails): Html | string {
  const open = attempts.filter(({ outcome }) => outcome === null);
  if (open.length === 0) return '';
  const isActing = record.bake.state === 'rolling_back' || record.bake.state === 'shifting';
  const newest = isActing ? attempts.at(-1) : undefined;
  const status = (attempt: Attempt) => (attempt === newest ? 'is under way; its output so far' : 'has no recorded end; its output');
  return html`<h2>What the hook printed</h2>
${open.map((attempt) => html`<p>Attempt ${attempt.number}, started ${time(attempt.startedAt)}, ${status(attempt)}:</p><pre>${attempt.output || 'no output yet'}</pre>`)}`;
}

function detailsOf(bake: Bake): Html | string {
  switch (bake.state) {
    case 'baking':
      return html`<p>${stageOf(bake)}Until ${time(bake.endsAt)}, at the latest ${time(bake.limitAt)}; ${formatDuration(bake.endsAt - bake.from)} ${bake.stage ? 'since the first stage began' : 'in all'}.${bake.blind ? ' The metrics cannot be fetched at the moment.' : ''}</p>`;
    case 'awaiting_approval':
      return html`<p>Rolls back to ${targetName(bake.target)} once approved: <code>bakewatch approve ${bake.id}</code></p>`;
    case 'rolling_back':
      return html`<p>Returning to ${targetName(bake.order.target)}.</p>`;
    case 'verifying':
    case 'rolled_back':
      return html`<p>${targetName(bake.order.target)} is back.</p>`;
    case 'failed':
      return html`<p>${rollbackResults[bake.rolledBack]}</p>`;
    case 'passed':
      return bake.confidence === 'low' ? html`<p>With low confidence: not every check could tell.</p>` : '';
    default:
      return '';
  }
}

const rollbackResults = {
  no: 'Nothing was rolled back.',
  yes: 'It was rolled back, but no recovery was measured.',
  unknown: 'It is not known whether it was rolled back: look which release runs.',
} as const;

function stageOf({ stage }: Extract<Bake, { state: 'baking' }>): Html | string {
  return stage ? html`<b>Stage ${stage.number} of ${stage.of}</b>: the release gets ${formatWeight(stage.weight)} of the traffic. ` : '';
}

const outcomes: Readonly<Record<string, readonly [tone: string, text: string]>> = {
  pass: ['good', 'pass'],
  fail: ['bad', 'fail'],
  inconclusive: ['open', 'could not tell'],
  error: ['open', 'could not ask'],
};

function checksTable(checks: readonly CheckView[]): Html {
  const isRecovering = checks.some((check) => check.verifying !== null);
  const rows = checks.map(
    ({ name, critical, baking, verifying }) =>
      html`<tr><td>${name}${critical ? '' : html` <span class="quiet">(advisory)</span>`}</td>${resultCell(baking)}${isRecovering ? resultCell(verifying) : ''}</tr>`,
  );
  return html`<table><thead><tr><th>Check</th><th>During the bake</th>${isRecovering ? html`<th>After the rollback</th>` : ''}</tr></thead><tbody>${rows}</tbody></table>`;
}

function resultCell(measurement: CheckView['latest']): Html {
  const [tone, text] = outcomes[measurement?.result.outcome ?? ''] ?? ['quiet', 'not asked yet'];
  return html`<td><b class="${tone}">${text}</b> ${measurement?.result.reason ?? ''}</td>`;
}

function time(at: number): Html {
  const iso = new Date(at).toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 19).replace('T', ' ')}</time>`;
}
