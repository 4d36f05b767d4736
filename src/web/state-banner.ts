import type { Bake } from '../core/bake/bake.ts';
import { targetName } from '../core/bake/deploy.ts';
import { saysRollbackResult } from '../core/bake/narrate.ts';
import { describeTimeLeft, formatClock, isExtended } from '../core/bake/time-left.ts';
import { formatWeight } from '../core/rules/stage.ts';
import type { DeployWords } from '../usecases/explain-deploy.ts';
import type { CheckView } from '../usecases/view-deploy.ts';
import { reasonList } from './checks-table.ts';
import { type Html, html } from './html.ts';

/** The tone and the title for each state, for the person who opens the page. */
const titles: Readonly<Record<Bake['state'], readonly [tone: string, text: string]>> = {
  warming: ['quiet', 'Warming up: nothing is judged yet'],
  shifting: ['open', 'Traffic is being shifted'],
  baking: ['open', 'Baking: being watched'],
  awaiting_approval: ['bad', 'Unhealthy: a person must approve the rollback'],
  rolling_back: ['bad', 'Unhealthy: rolling back'],
  verifying: ['open', 'Rolled back: watching the recovery'],
  passed: ['good', 'Passed'],
  rolled_back: ['open', 'Rolled back'],
  inconclusive: ['open', 'Could not be judged'],
  failed: ['bad', 'Needs a person now'],
  canceled: ['quiet', 'Canceled: no longer watched'],
  superseded: ['quiet', 'Superseded by a newer deploy'],
};

/** The tone of a bake's state: how good the news is. */
export function toneOf(bake: Bake): string {
  return bake.state === 'passed' && bake.confidence === 'low' ? 'open' : titles[bake.state][0];
}

type BannerInput = { readonly bake: Bake; readonly checks: readonly CheckView[]; readonly words: DeployWords; readonly now: number };

/** The state of a bake in layers: what happened, the headline of what decided, and why. */
export function stateBanner({ bake, checks, words, now }: BannerInput): Html {
  return html`<section class="banner ${toneOf(bake)}"><strong>${titles[bake.state][1]}${titleSuffix(bake)}</strong>${detailsOf(bake, now)}${lowConfidence(bake, checks)}
${reasonList(words.reasons)}</section>`;
}

function titleSuffix(bake: Bake): string {
  if (bake.state === 'passed' && bake.confidence === 'low') return ', with low confidence';
  if (bake.state !== 'rolled_back') return '';
  return bake.unconfirmed === undefined ? ', and the service has recovered' : '; its recovery could not be measured';
}

/** Names the checks that keep a pass from being worth more. Their rows in the table say why. */
function lowConfidence(bake: Bake, checks: readonly CheckView[]): Html | string {
  if (bake.state !== 'passed' || bake.confidence !== 'low') return '';
  const doubts = checks.flatMap(({ name, critical, baking }) => {
    if (!critical || baking === null) return [];
    if ('unproven' in baking.result && baking.result.unproven !== undefined) return [`${name} is unproven`];
    return baking.result.outcome === 'inconclusive' ? [`${name} could not be compared`] : [];
  });
  return html`<p>${doubts.length === 0 ? 'Not everything could be compared.' : `Because ${doubts.join(' and ')}.`}</p>`;
}

function detailsOf(bake: Bake, now: number): Html | string {
  switch (bake.state) {
    case 'baking':
      return html`<p>${stageOf(bake)}${periodOf(bake, now)}${bake.blind ? ' The metrics cannot be fetched at the moment.' : ''}</p>`;
    case 'awaiting_approval':
      return html`<p>Rolls back to ${targetName(bake.target)} once approved: <code>bakewatch approve ${bake.id}</code></p>`;
    case 'rolling_back':
      return html`<p>${bake.order.replaces === undefined ? 'Returning' : 'Rolling forward'} to ${targetName(bake.order.target)}.</p>`;
    case 'verifying':
      return html`<p>${targetName(bake.order.target)} is back.</p>`;
    case 'rolled_back':
      return html`<p>${targetName(bake.order.target)} is back.${bake.unconfirmed === undefined ? '' : ` ${bake.unconfirmed.join('; ')}`}</p>`;
    case 'failed':
      return saysRollbackResult(bake) ? '' : html`<p>${rollbackResults[bake.rolledBack]}</p>`;
    default:
      return '';
  }
}

const rollbackResults = {
  no: 'Nothing was rolled back.',
  yes: 'It was rolled back, but no recovery was measured.',
  unknown: 'It is not known whether it was rolled back: look which release runs.',
} as const;

/** Until when a bake goes on, and why it is extended. Never names an instant that is past. */
function periodOf(bake: Extract<Bake, { state: 'baking' }>, now: number): string {
  if (now < bake.endsAt) return `Until ${formatClock(bake.endsAt)}: ${describeTimeLeft(bake, now)}.`;
  const isOpen = isExtended(bake, now) && now < bake.limitAt;
  return isOpen ? `Extended until ${formatClock(bake.limitAt)}:` : 'About to end.';
}

function stageOf({ stage }: Extract<Bake, { state: 'baking' }>): Html | string {
  return stage ? html`<b>Stage ${stage.number} of ${stage.of}</b>: the release gets ${formatWeight(stage.weight)} of the traffic. ` : '';
}
