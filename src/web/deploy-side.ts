import { isFinal } from '../core/bake/bake.ts';
import { lateText } from '../core/bake/late-registration.ts';
import type { TimelineEntry } from '../core/bake/narrate.ts';
import { webAddress } from '../core/base/web-address.ts';
import { headlineOf } from '../core/judge/headline.ts';
import { changeOf } from '../core/report/change.ts';
import { shortTimeline } from '../core/report/short-timeline.ts';
import type { DeploySummary } from '../ports/bake-store.ts';
import type { DeployWords } from '../usecases/explain-deploy.ts';
import type { CheckView, DeployDetails } from '../usecases/view-deploy.ts';
import { lookOf, type StateLook } from './badge.ts';
import { durationWords } from './duration-words.ts';
import { type Html, html } from './html.ts';
import { type IconShape, icon } from './icons.ts';
import { time } from './time.ts';

/** What happens if the bake fails, as far as the rules and the deploy say it. */
export function ifItFails({ record }: DeployDetails): Html | string {
  const { bake, plan, deploy } = record;
  if (bake.state !== 'baking' && bake.state !== 'warming' && bake.state !== 'shifting') return '';
  const isIrreversible = deploy.migrations === 'irreversible';
  const target = plan.knownGood ?? null;
  const acts = !plan.observeOnly && plan.hook !== null && target !== null && !isIrreversible && deploy.cause.kind === 'release';
  const what =
    acts && plan.onFailure === 'rollback'
      ? html`<b>Goes back to ${target} by itself</b> <span class="second">by ${plan.hook}</span>`
      : acts && plan.onFailure === 'approve'
        ? html`<b>Goes back to ${target} once a person approves</b> <span class="second">by ${plan.hook}</span>`
        : html`<b>Nothing is rolled back: people are notified</b>`;
  const why = plan.observeOnly
    ? 'The operator lets Bakewatch only observe.'
    : isIrreversible
      ? 'Its migrations cannot be undone.'
      : deploy.cause.kind === 'rollback'
        ? 'It is a rollback itself.'
        : target === null
          ? 'No release is known-good yet.'
          : plan.onFailure === 'notify'
            ? 'The rules say so.'
            : deploy.migrations === 'compatible'
              ? `Its migrations also fit ${target}.`
              : `No migration since ${target}.`;
  return html`<section><h2>If it fails</h2><div class="panel outlook">${icon(acts ? 'back' : 'pause')}<div>${what}<p class="second">${why}</p></div></div></section>`;
}

export function factsPanel({ record }: DeployDetails): Html {
  const { deploy, bake, plan, ruleSet } = record;
  const target = 'order' in bake ? bake.order.target.version : null;
  const rows = [
    ['Release', html`<code>${deploy.release.version}</code>`],
    ...(deploy.release.commit === undefined ? [] : [['Commit', html`<code>${deploy.release.commit.slice(0, 12)}</code>`] as const]),
    ...(target === null ? [] : [['Put back', html`<code>${target}</code>`] as const]),
    ...(plan.knownGood === null ? [] : [['Known-good', html`<code>${plan.knownGood}</code>`] as const]),
    ['Registered by', html`${deploy.registeredBy}${lateText(deploy)}${deploy.cause.kind === 'rollback' ? ', as a rollback' : ''}`],
    ['Bake', `${durationWords(plan.forMs)}, every ${durationWords(plan.stepMs)}`],
    ['Rules', `${ruleSet.checks.length} ${ruleSet.checks.length === 1 ? 'check' : 'checks'}`],
  ] as const;
  return html`<section><h2>Facts</h2><dl class="panel facts">${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl></section>`;
}

/** Other deploys of the same minutes that the viewer may read. */
export function neighborsPanel(neighbors: readonly DeploySummary[], badStates: readonly string[]): Html | string {
  if (neighbors.length === 0) return '';
  const rows = neighbors.map(({ deploy, bake }) => {
    const look = lookOf(bake);
    return html`<li class="${look.tone}">${icon(look.shape)}<span class="hidden-text">${look.word}: </span><a href="/deploys/${deploy.id}">${deploy.service}</a> <span class="third">${deploy.environment}</span>${time(deploy.registeredAt, 'clock')}</li>`;
  });
  const note = neighborsNote(neighbors, badStates);
  return html`<section><h2>In the same minutes</h2><ul class="panel links">${rows}</ul><p class="third small under">${note}</p></section>`;
}

/** What the others say about the cause. While one of them is baking, it says nothing yet. */
function neighborsNote(neighbors: readonly DeploySummary[], badStates: readonly string[]): string {
  const isOne = neighbors.length === 1;
  const bad = neighbors.filter(({ bake }) => badStates.includes(bake.state)).length;
  if (bad > 0) return `${isOne ? 'It' : `${bad} of them`} turned bad too: the cause may be common.`;
  const none = isOne ? 'It did not turn bad' : 'None of them turned bad';
  return neighbors.every(({ bake }) => isFinal(bake)) ? `${none}, so a common cause is unlikely.` : `${none} so far.`;
}

export function linksPanel({ record }: DeployDetails): Html | string {
  const { deploy, bake } = record;
  const target = 'order' in bake ? bake.order.target : null;
  const compare = target === null ? null : changeOf(deploy, target).compareUrl;
  const all = [...deploy.links, ...(compare === null ? [] : [{ title: `Compare with ${target?.version ?? ''}`, url: compare }])];
  const rows = all.flatMap(({ title, url }) => {
    const address = webAddress(url);
    return address === null ? [] : [html`<li class="idle">${icon('out')}<a href="${address}" rel="noreferrer">${title}</a></li>`];
  });
  return rows.length === 0 ? '' : html`<section><h2>Links</h2><ul class="panel links">${rows}</ul></section>`;
}

const shapes: Readonly<Record<string, Pick<StateLook, 'tone' | 'shape'>>> = {
  baking: { tone: 'accent', shape: 'dot' },
  rolling_back: { tone: 'back', shape: 'back' },
  verifying: { tone: 'back', shape: 'dot' },
  rolled_back: { tone: 'good', shape: 'tick' },
  passed: { tone: 'good', shape: 'tick' },
  failed: { tone: 'bad', shape: 'cross' },
  awaiting_approval: { tone: 'warn', shape: 'pause' },
  inconclusive: { tone: 'idle', shape: 'question' },
  blind: { tone: 'warn', shape: 'triangle' },
};

/** What happened, the newest first, without the sentences that the page says above. `hide`: what this viewer must not see. */
export function timelinePanel(view: DeployDetails, words: DeployWords, hide: (text: string) => string): Html {
  const entries = shortTimeline(view.timeline, [...words.reasons, ...view.checks.flatMap(headlinesOf)]).toReversed();
  const outputs = view.attempts.map(({ output }) => output);
  return html`<section><h2>Timeline</h2><ol class="panel timeline">${entries.map((entry) => timelineRow(entry, outputs, hide))}</ol></section>`;
}

function timelineRow({ at, kind, by, text, detail }: TimelineEntry, outputs: readonly string[], hide: (text: string) => string): Html {
  const look: { readonly tone: string; readonly shape: IconShape } = shapes[kind] ?? { tone: 'idle', shape: 'dot' };
  const word = kind.replaceAll('_', ' ');
  const said = hide(text);
  const line = said.startsWith(word) || said === '' ? `${word}${said.slice(word.length)}` : `${word}: ${said}`;
  const isShown = detail === undefined || detail === '' || outputs.some((output) => output.includes(detail));
  const who = by === 'bakewatch' || by === '' ? '' : html` <span class="third">by ${hide(by)}</span>`;
  return html`<li class="${look.tone}">${time(at, 'seconds')}${icon(look.shape)}<div>${line.slice(0, 1).toUpperCase()}${line.slice(1)}${who}${isShown ? '' : html`<details id="detail-${at}-${kind}"><summary>Output</summary><pre>${detail}</pre></details>`}</div></li>`;
}

/** The headlines that the page shows of each check. */
function headlinesOf({ name, baking, verifying }: CheckView) {
  return [baking, verifying].flatMap((one) => (one === null ? [] : [{ text: headlineOf(name, one.result), check: name }]));
}
