import { isFinal } from '../core/bake/bake.ts';
import { chartsOf } from '../core/chart/chart.ts';
import { deadlineOf } from '../core/chart/deadline.ts';
import type { DeploySummary } from '../ports/bake-store.ts';
import { explainDeploy } from '../usecases/explain-deploy.ts';
import type { DeployDetails } from '../usecases/view-deploy.ts';
import { badge } from './badge.ts';
import { checkRows, countWords } from './check-rows.ts';
import { decisionPanel } from './decision-panel.ts';
import { actionButtons, deployActions } from './deploy-actions.ts';
import { deployHeadline } from './deploy-headline.ts';
import { deployLook, headlineLook } from './deploy-look.ts';
import { factsPanel, ifItFails, linksPanel, neighborsPanel, timelinePanel } from './deploy-side.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { layout } from './layout.ts';
import { answeredChecks, leadCheck } from './lead-check.ts';
import { checkLinks, type QueryLinks } from './query-links.ts';
import { ring } from './ring.ts';
import { splitPanel } from './split-panel.ts';
import { stateLine } from './state-line.ts';
import { time } from './time.ts';
import type { Viewer } from './viewer.ts';
import { warningLines } from './warning-lines.ts';
import { workPanel } from './work-panel.ts';

type PageOptions = {
  readonly viewer: Viewer;
  readonly now: number;
  readonly warnings?: readonly string[];
  /** Other deploys of the same minutes that the viewer may read. */
  readonly neighbors?: readonly DeploySummary[];
  /** Missing: nobody has said where people open queries. */
  readonly queryLinks?: QueryLinks | undefined;
  /** The viewer has begun a rehearsal that is not over yet. */
  readonly isRehearsing?: boolean;
};

/** The parts of the page that replace themselves while the deploy is under way. */
const renewed = ['deploy-head', 'deploy-actions', 'deploy-state', 'deploy-main', 'deploy-side', 'renewal'] as const;
const renewalSeconds = 5;

/** States in which a release was found bad. */
const badStates = ['awaiting_approval', 'rolling_back', 'verifying', 'rolled_back', 'failed'] as const;

/** The page of a deploy: what happened, why, what was measured and what was done. Each sentence is on it once. */
export function deployPage(view: DeployDetails, options: PageOptions): Html {
  const { viewer, now, warnings = [], neighbors = [], queryLinks = () => [], isRehearsing = false } = options;
  const { deploy, bake, plan, ruleSet } = view.record;
  const words = explainDeploy(view);
  const charts = chartsOf(view);
  const checks = answeredChecks(view.checks);
  const lead = leadCheck({ view, words, answered: checks, charts });
  const chart = charts.find(({ check }) => check === lead?.check.name) ?? null;
  const head = deployHeadline({ view, words, checks, lead });
  // Who has only the link of a page does not learn where the metrics are.
  const links = checkLinks(viewer.caller?.may('read', deploy) ? queryLinks : () => [], view.record);
  const look = deployLook(bake, checks, now);
  // Of a check without a chart, the row says everything.
  const others = chart === null ? checks : checks.filter((one) => one !== lead);
  const hasEnded = isFinal(bake);
  const isDecided = lead?.answer.outcome === 'fail' || hasEnded;
  return layout(
    { title: `${deploy.service} ${deploy.release.version} (${deploy.environment})`, viewer, section: 'deploys', isRenewed: !hasEnded },
    html`${warningLines(warnings)}${isRehearsing ? rehearsalLine : ''}<div class="deploy-top"><div id="deploy-head">${crumbs(view, viewer)}
<div class="title-row"><h1>${deploy.service} ${deploy.release.version}</h1><span class="tag">${deploy.environment}</span><span id="deploy-badge">${badge(look)}</span></div>
<p class="second below-title">${deploy.release.commit === undefined ? '' : html`<code>${deploy.release.commit.slice(0, 12)}</code> `}<span>Registered ${time(deploy.registeredAt)} by ${deploy.registeredBy}</span>${plan.knownGood === null ? '' : html` <span>after <code>${plan.knownGood}</code></span>`}</p></div>
<section class="panel flush headline-block" id="deploy-state" aria-label="State"><div class="headline">${shapeOf(view, { now, checks })}<div><p class="headline-text">${head.headline}</p>${head.because.length === 0 ? '' : html`<p class="because">${head.because.map((text) => html`${text} `)}</p>`}</div></div>
${stateLine({ bake, plan, registeredAt: deploy.registeredAt, timeline: view.timeline, look, now })}</section>
${actionButtons(deployActions(view.record, viewer))}</div>
<div class="deploy-columns"><div id="deploy-main">${
      lead === null || chart === null
        ? ''
        : html`<section><h2>${isDecided && bake.state !== 'passed' ? 'What decided' : 'Nearest to failing'} <small>${lead.check.name}</small></h2>${decisionPanel({ chart, lead, ruleSet, decidesAt: deadlineOf(bake, now), isSaidAbove: head.isOfLead, link: links(lead.check) })}</section>`
    }${checks.filter(({ answer }) => answer.split !== null).map((one) => splitPanel(one, ruleSet, deploy.release.version))}
${others.length === 0 ? '' : html`<section><h2>${others.length < checks.length ? 'Other checks' : 'Checks'} <small>${countWords(others)}</small></h2>${checkRows(others, charts)}</section>`}
<section>${workPanel(view, links)}</section></div>
<div id="deploy-side">${ifItFails(view)}${factsPanel(view)}${neighborsPanel(neighbors, badStates)}${linksPanel(view)}${timelinePanel(view, words, (text) => withoutOthers(text, deploy.id))}</div></div>
<p class="hidden-text" role="status" data-says="#deploy-badge"></p>${renewal(view)}`,
  );
}

const rehearsalLine = html`<p class="open">The rehearsal is still running. Its result will be in the timeline: load this page again in a minute.</p>`;

/** Asks for the parts again while the deploy is under way. The answer is empty where nothing has changed. */
function renewal({ record }: DeployDetails): Html {
  const { deploy, bake, version } = record;
  if (isFinal(bake)) return html`<div id="renewal"></div>`;
  return html`<div id="renewal" hx-get="/deploys/${deploy.id}?unless=${String(version)}" hx-trigger="every ${String(renewalSeconds)}s, renew" hx-swap="none" hx-select-oob="${renewed.map((id) => `#${id}`).join(',')}"></div>`;
}

function crumbs({ record }: DeployDetails, { caller }: Viewer): Html {
  const { deploy } = record;
  const service = caller?.may('read', deploy)
    ? html`<a href="/services/${encodeURIComponent(deploy.service.toWellFormed())}">${deploy.service}</a>`
    : deploy.service;
  return html`<nav class="crumbs" aria-label="Place">${service} / ${deploy.environment} / ${deploy.release.version}</nav>`;
}

type ShapeContext = { readonly now: number; readonly checks: ReturnType<typeof answeredChecks> };

/** A ring while the deploy bakes, and the shape of what was found after it. */
function shapeOf({ record }: DeployDetails, { now, checks }: ShapeContext): Html {
  const { bake } = record;
  const { tone, shape } = headlineLook(bake, checks, now);
  const endsAt = deadlineOf(bake, now);
  if (bake.state === 'baking' && endsAt !== null) return ring({ from: bake.from, endsAt, now }, tone, 'large');
  return html`<span class="shape ${tone}">${icon(shape)}</span>`;
}

/** Who got the link of one deploy must not get those of others: an id is what opens a page. */
function withoutOthers(text: string, own: string): string {
  const ids = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;
  return text.replaceAll(ids, (id) => (id.toLowerCase() === own.toLowerCase() ? id : 'another deploy'));
}
