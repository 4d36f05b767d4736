import type { Bake } from '../core/bake/bake.ts';
import type { Target } from '../core/bake/deploy.ts';
import type { GuardLine } from '../core/bake/guard-report.ts';
import type { DeployWords } from '../usecases/explain-deploy.ts';
import type { ActVerb } from '../usecases/perform-act.ts';
import type { ActPreview, ActsPreview } from '../usecases/preview-acts.ts';
import { actPath, ifNothing, type PageAct, possibleActs, wordsOf } from './act-words.ts';
import { badge, lookOf } from './badge.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { layout } from './layout.ts';
import { sentence } from './sentence.ts';
import { time } from './time.ts';
import type { Viewer } from './viewer.ts';

/** What every page that acts shows. `csrf`: the hidden field of its form. `action`: where the form is sent. */
export type DecidePage = {
  readonly preview: ActsPreview;
  readonly explained: DeployWords;
  readonly csrf: Html;
  readonly viewer: Viewer;
};

type ActForm = {
  readonly act: PageAct;
  readonly target: Target | null;
  readonly action: string;
  readonly state: Pick<ActPreview, 'refusal' | 'confirm'>;
};

/** The page of one act: target, consequence and guards first, then the form that does it. `canChoose`: the reader may see the other acts. */
export function actPage(page: DecidePage, form: ActForm, { canChoose = true }: { readonly canChoose?: boolean } = {}): Html {
  const { preview, viewer } = page;
  const { record } = preview;
  const { title } = wordsOf(form.act, { record, target: form.target });
  const others = canChoose ? possibleActs(preview, record.bake.state).filter((verb) => verb !== form.act) : [];
  return layout(
    { title, viewer, section: 'deploys' },
    html`<section class="decide">${head(page, title)}${headline(page)}${actParts(page, form)}${choices(record.deploy.id, preview, others)}
${form.act === 'drill' ? '' : nothing(preview)}</section>`,
  );
}

/** The page on which a person chooses: the act that the state asks for, ready to be done, and the way to the others. */
export function decidePage(page: DecidePage): Html {
  const { preview, viewer } = page;
  const { bake, deploy } = preview.record;
  const acts = possibleActs(preview, bake.state);
  if (bake.state === 'awaiting_approval') {
    const { target } = preview.acts.approve;
    return actPage(page, { act: 'approve', target, action: actPath(deploy.id, 'approve'), state: preview.acts.approve });
  }
  const title = `Decide about ${deploy.release.version} of ${deploy.service}`;
  const none = html`<p class="panel">Nothing can be decided about this deploy now.</p>`;
  return layout(
    { title, viewer, section: 'deploys' },
    html`<section class="decide">${head(page, title)}${headline(page)}${acts.length === 0 ? none : html`<h2>What you can do</h2>`}
${choices(deploy.id, preview, acts)}${nothing(preview)}</section>`,
  );
}

function head({ preview: { record } }: DecidePage, title: string): Html {
  const { bake, deploy } = record;
  const version = deploy.release.version;
  return html`<p class="crumbs"><a href="/services/${encodeURIComponent(deploy.service.toWellFormed())}">${deploy.service}</a> / ${deploy.environment} / <a href="/deploys/${deploy.id}">${version}</a></p>
<h1>${title} <span class="tag">${deploy.environment}</span></h1>
<p class="state">${badge(lookOf(bake))} <span class="second">${sinceOf(bake)}</span></p>`;
}

function sinceOf(bake: Bake): Html | string {
  if (bake.state === 'awaiting_approval') return html`since ${time(bake.since, 'clock')}, until ${time(bake.nextAt, 'clock')}`;
  if (bake.state === 'baking') return html`until ${time(bake.limitAt, 'clock')} at the latest`;
  return 'at' in bake ? html`since ${time(bake.at, 'clock')}` : '';
}

/** What decided: its headline and its reason. */
function headline({ explained }: DecidePage): Html | string {
  const [first, ...more] = explained.reasons;
  if (first === undefined) return '';
  const tone = first.because === '' && more.length === 0 ? 'idle' : 'bad';
  return html`<div class="panel decide-headline ${tone}">${icon(tone === 'bad' ? 'cross' : 'question')}<div><p class="what">${capital(first.text)}</p>
${first.because === '' ? '' : html`<p class="second">${capital(first.because)}</p>`}${more.map(({ text }) => html`<p class="second">${capital(text)}</p>`)}</div></div>`;
}

function actParts(page: DecidePage, { act, target, action, state }: ActForm): Html {
  const { preview, csrf } = page;
  const { title: _, button, tone, steps, why } = wordsOf(act, { record: preview.record, target });
  if (state.refusal !== null) {
    return html`<h2>Why not</h2><div class="panel decide-headline warn">${icon('triangle')}<p>${sentence(state.refusal)}</p></div>`;
  }
  const isRollback = act === 'approve' || act === 'roll_back';
  return html`<h2>What will happen</h2><ol class="panel decide-steps">${steps.map(({ what, detail }) => html`<li><b>${what}</b>${detail === '' ? '' : html`<span class="second">${detail}</span>`}</li>`)}</ol>
${isRollback ? guardList(preview.guards) : ''}
<form method="post" action="${action}">${csrf}<input type="hidden" name="version" value="${preview.version}">
${state.confirm === null ? '' : html`<label class="confirm panel warn"><input type="checkbox" name="confirm" value="yes" required>${icon('triangle')}<span>${sentence(state.confirm)} I put it back nevertheless.</span></label>`}
${why === null ? '' : html`<label class="why">${why}<textarea class="field" name="why" rows="2" maxlength="1000" required></textarea></label>`}
${act === 'extend' ? html`<label class="why">How much longer?<select class="field" name="by">${['5m', '15m', '30m', '1h'].map((by) => html`<option value="${by}"${by === '15m' ? html` selected` : ''}>${spoken[by]}</option>`)}</select></label>` : ''}
<button class="button ${tone} big" type="submit">${isRollback ? icon('back') : ''}${button}</button></form>`;
}

const spoken: Readonly<Record<string, string>> = { '5m': '5 minutes', '15m': '15 minutes', '30m': '30 minutes', '1h': '1 hour' };

const lineLooks = { clear: ['tick', 'good'], warns: ['triangle', 'warn'], holds: ['cross', 'bad'] } as const;

/** What each guard says. With an approval, the first ones are why a person is asked. */
function guardList(guards: readonly GuardLine[]): Html {
  return html`<h2>What the guards say</h2><ul class="panel flush guards">${guards.map(({ kind, says }) => {
    const [shape, tone] = lineLooks[kind];
    return html`<li class="${tone}">${icon(shape)}<span>${kind === 'clear' ? line(says) : html`<b>${line(says)}</b>`}</span></li>`;
  })}</ul>`;
}

/** Links to the pages of other acts. None of them acts. */
function choices(id: string, { record, acts }: ActsPreview, verbs: readonly ActVerb[]): Html | string {
  if (verbs.length === 0) return '';
  return html`<div class="choices">${verbs.map((verb) => {
    const { button, tone } = wordsOf(verb, { record, target: acts[verb].target });
    return html`<a class="button big ${tone === 'danger' ? 'danger-outline' : ''}" href="${actPath(id, verb)}">${button}…</a>`;
  })}</div>`;
}

function nothing(preview: ActsPreview): Html {
  const { before, at, after } = ifNothing(preview);
  return html`<p class="nothing">${before}${at === null ? '' : time(at, 'clock')}${after}</p>`;
}

function line(text: string): string {
  return sentence(text).replace(/\.$/, '');
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
