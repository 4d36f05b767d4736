import { lateText } from '../core/bake/late-registration.ts';
import { formatClock } from '../core/bake/time-left.ts';
import { chartsOf } from '../core/chart/chart.ts';
import { headlineOf } from '../core/judge/headline.ts';
import { shortTimeline } from '../core/report/short-timeline.ts';
import type { Attempt } from '../ports/audit-log.ts';
import { explainDeploy } from '../usecases/explain-deploy.ts';
import type { CheckView, DeployDetails } from '../usecases/view-deploy.ts';
import { chartFigures } from './chart-figures.ts';
import { checksTable } from './checks-table.ts';
import { type Html, html } from './html.ts';
import { layout } from './layout.ts';
import { numbersTable } from './numbers-table.ts';
import { stateBanner } from './state-banner.ts';
import { time } from './time.ts';
import type { Viewer } from './viewer.ts';
import { warningLines } from './warning-lines.ts';

type PageOptions = {
  readonly viewer: Viewer;
  readonly now: number;
  readonly warnings?: readonly string[];
};

/** The page of a deploy: what happened, why, what was measured and what was done. Each sentence is on it once. */
export function deployPage(view: DeployDetails, { viewer, now, warnings = [] }: PageOptions): Html {
  const { deploy, bake } = view.record;
  const title = `${deploy.service} ${deploy.release.version} (${deploy.environment})`;
  const words = explainDeploy(view);
  const timeline = shortTimeline(view.timeline, [...words.reasons, ...view.checks.flatMap(headlinesOf)]);
  return layout(
    { title, viewer, section: 'deploys' },
    html`<h1>${title}</h1>
<p class="quiet">Registered ${time(deploy.registeredAt)} by ${deploy.registeredBy}${lateText(deploy)}${deploy.cause.kind === 'rollback' ? ', a rollback' : ''}${deploy.release.commit ? `, commit ${deploy.release.commit}` : ''}.
${deploy.links.map(({ title: text, url }) => html`<a href="${url}" rel="noreferrer">${text}</a> `)}<a href="/deploys/${deploy.id}/report">Report</a>${viewer.caller?.may('read', deploy) ? html` <a href="/services/${encodeURIComponent(deploy.service.toWellFormed())}">All of ${deploy.service}</a>` : ''}${viewer.caller?.may('operate', deploy) ? html` <a class="button" href="/deploys/${deploy.id}/decide">Decide…</a>` : ''}</p>
${warningLines(warnings)}${stateBanner({ bake, checks: view.checks, words, now })}
<h2>Checks</h2>
${checksTable(view.checks, words.reasons)}
${chartFigures(chartsOf(view))}
${numbersTable(view.record.ruleSet, view.checks)}
<h2>What happened</h2>
<table class="stack"><thead><tr><th>When (UTC)</th><th>What</th><th>By</th></tr></thead><tbody>${timeline.map(
      ({ at, kind, by, text, detail }) =>
        html`<tr><td>${time(at)}</td><td>${entryOf(kind, text)}${detail ? html`<pre>${detail}</pre>` : ''}</td><td>${by}</td></tr>`,
    )}</tbody></table>
${openAttempts(view)}
<h2>What was asked</h2>
${view.prunedAt === null ? '' : html`<p>All measurements except the last one of each check were deleted at ${time(view.prunedAt)}.</p>`}
${view.pastPrunedAt === null || view.prunedAt !== null ? '' : html`<p>The past that the checks were compared with was deleted at ${time(view.pastPrunedAt)}, so the charts do not show it.</p>`}
${view.checks.map((check) => html`<p><b>${check.name}</b> <span class="quiet">(${check.provider}${askedText(check)})</span></p><pre>${check.latest?.query ?? 'not asked yet'}</pre>`)}`,
  );
}

/** An entry of the timeline, with its kind in bold in front of it where the text does not say it. */
function entryOf(kind: string, text: string): Html {
  const word = kind.replaceAll('_', ' ');
  return text.startsWith(word) ? html`<b>${word}</b>${text.slice(word.length)}` : html`<b>${word}</b> ${text}`;
}

/** How often a check was asked, and how often in vain. */
function askedText({ asked, couldNotAsk }: CheckView): string {
  if (asked === 0) return '';
  const vain = couldNotAsk === 0 ? '' : `, ${couldNotAsk === asked ? 'always' : `${couldNotAsk} times`} without an answer`;
  return `, asked ${asked === 1 ? 'once' : `${asked} times`}${vain}`;
}

/** The headlines that the table of the checks shows. */
function headlinesOf({ name, baking, verifying }: CheckView) {
  return [baking, verifying].flatMap((one) => (one === null ? [] : [{ text: headlineOf(name, one.result), check: name }]));
}

/** The attempts without a recorded end. The timeline shows the others, with their output. */
function openAttempts({ record, attempts }: DeployDetails): Html | string {
  const open = attempts.filter(({ outcome }) => outcome === null);
  if (open.length === 0) return '';
  const isActing = record.bake.state === 'rolling_back' || record.bake.state === 'shifting';
  const newest = isActing ? attempts.at(-1) : undefined;
  const status = (attempt: Attempt) => {
    if (attempt !== newest) return 'has no recorded end; its output';
    const until = attempt.deadlineAt === undefined ? '' : `, until ${formatClock(attempt.deadlineAt)} at the latest`;
    return `is under way${attempt.owner === undefined ? '' : ` on ${attempt.owner.host}`}${until}; its output so far`;
  };
  return html`<h2>What the hook printed</h2>
${open.map((attempt) => html`<p>Attempt ${attempt.number}, started ${time(attempt.startedAt)}, ${status(attempt)}:</p><pre>${attempt.output || 'no output yet'}</pre>`)}`;
}
