import { type Bake, isRolledForward } from '../core/bake/bake.ts';
import { targetName } from '../core/bake/deploy.ts';
import type { TroubleRecord } from '../ports/overview-store.ts';
import type { Caller } from '../usecases/caller.ts';
import { needsPerson } from '../usecases/place-line.ts';
import { reasonsOf } from '../usecases/view-deploy.ts';
import type { Overview } from '../usecases/view-overview.ts';
import { badge } from './badge.ts';
import { durationWords } from './duration-words.ts';
import { type Html, html } from './html.ts';
import { environmentTag, shortLook } from './place-parts.ts';
import { time } from './time.ts';

/** What went wrong in the last day, and whether it is over. */
export function wrongPart({ records, more }: Overview['wrong'], caller: Pick<Caller, 'may'>): Html {
  const note = records.length === 0 ? 'nothing in the last 24 h' : 'last 24 h';
  const rest = more === 0 ? '' : html`<p class="more"><a href="/deploys">${more} more</a></p>`;
  return html`<section id="wrong" aria-labelledby="wrong-title"><h2 id="wrong-title">Went wrong lately <small>${note}</small></h2>
${records.length === 0 ? '' : html`<ul class="panel flush rows">${records.map((record) => row(record, caller))}</ul>${rest}`}</section>`;
}

function row(record: TroubleRecord, caller: Pick<Caller, 'may'>): Html {
  const { deploy } = record;
  const [headline = ''] = reasonsOf(record);
  const isMine = needsPerson(record) && caller.may('operate', deploy);
  const button = isMine ? html`<a class="button" id="decide-${deploy.id}" href="/deploys/${deploy.id}/decide">Decide…</a>` : '';
  return html`<li class="row"><div class="row-state">${badge(shortLook(record))}</div>
<p class="row-place"><a class="name" id="wrong-${deploy.id}" href="/deploys/${deploy.id}">${deploy.service}</a> ${environmentTag(deploy.environment)}</p>
<div class="row-words"><b>${headline}</b><p class="second">${outcomeOf(record)}</p></div>
<div class="row-end">${button}${time(changedAt(record.bake), 'clock')}</div></li>`;
}

/** What became of it, in one line. */
export function outcomeOf(record: TroubleRecord): Html | string {
  const { bake, deploy } = record;
  const version = html`<span class="code">${deploy.release.version}</span>`;
  switch (bake.state) {
    case 'awaiting_approval':
      return html`${version} still runs; rolls back to ${codeOf(targetName(bake.target))} once a person approves`;
    case 'rolling_back':
      return html`${isRolledForward(bake) ? 'Putting back' : 'Going back to'} ${codeOf(targetName(bake.order.target))}`;
    case 'verifying':
      return html`${codeOf(targetName(bake.order.target))} runs again; watching whether it recovers`;
    case 'rolled_back':
      return html`${version} back to ${codeOf(targetName(bake.order.target))}${tookText(record)}, ${bake.unconfirmed === undefined ? 'recovered' : 'recovery unknown'}`;
    case 'failed':
      return failedOutcome(bake);
    case 'inconclusive':
      return html`${version} kept, and not known-good`;
    default:
      return '';
  }
}

function codeOf(name: string): Html {
  return html`<span class="code">${name}</span>`;
}

/** How long the bad release ran until its rollback was ordered. */
function tookText({ bake, orderedAt }: TroubleRecord): string {
  return orderedAt === null || bake.deployedAt === null || orderedAt <= bake.deployedAt
    ? ''
    : ` after ${durationWords(orderedAt - bake.deployedAt)}`;
}

const results = {
  no: 'Not rolled back',
  yes: 'Rolled back, and not recovered',
  unknown: 'It is not known whether it was rolled back: look which release runs',
} as const;

/** The reasons after the first say what became of the rollback, and why. */
function failedOutcome({ rolledBack, reasons }: Extract<Bake, { state: 'failed' }>): string {
  const said = reasons.slice(1).find((reason) => /roll|its result is unknown/.test(reason));
  return said === undefined ? results[rolledBack] : `${said.slice(0, 1).toUpperCase()}${said.slice(1)}`;
}

function changedAt(bake: Bake): number {
  return 'at' in bake ? bake.at : 'since' in bake ? bake.since : bake.begunAt;
}
