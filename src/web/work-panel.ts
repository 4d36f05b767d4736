import { hookKindOf } from '../core/bake/order-shift.ts';
import type { Attempt } from '../ports/audit-log.ts';
import type { CheckView, DeployDetails } from '../usecases/view-deploy.ts';
import { durationWords } from './duration-words.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import type { CheckLinks } from './query-links.ts';
import { time } from './time.ts';

/** What the hooks did, with their output, and what was asked of the providers. Folded up, unless an attempt runs or failed. */
export function workPanel(view: DeployDetails, linksOf: CheckLinks): Html {
  const { attempts, record, checks } = view;
  const isActing = record.bake.state === 'rolling_back' || record.bake.state === 'shifting';
  const newest = isActing ? attempts.at(-1) : undefined;
  const count = attempts.length === 0 ? '' : html` <small>${attempts.length} ${attempts.length === 1 ? 'attempt' : 'attempts'}</small>`;
  const asked = checks.reduce((sum, check) => sum + check.asked, 0);
  const failed = checks.reduce((sum, check) => sum + check.couldNotAsk, 0);
  const title =
    attempts.length === 0
      ? 'Behind the verdict'
      : attempts.every(({ orderId }) => hookKindOf(orderId) === 'traffic hook')
        ? 'Traffic'
        : 'Rollback';
  return html`<h2>${title}${count}</h2>
<div class="panel flush">${attempts.map((attempt) => attemptPart(attempt, attempt === newest))}
<details class="disclosure" id="asked"><summary><span>What was asked</span><span class="result">${askedWords(asked, failed)}</span></summary>
${prunedNote(view)}${checks.map((check) => questionPart(check, linksOf(check)))}</details></div>`;
}

function attemptPart(attempt: Attempt, isRunning: boolean): Html {
  const { number, orderId, startedAt, endedAt, outcome, output, owner, deadlineAt } = attempt;
  const isGood = outcome === 'succeeded' || outcome === 'already_there';
  const took = endedAt === null ? '' : ` in ${durationWords(endedAt - startedAt)}`;
  const result =
    outcome === null
      ? html`${icon(isRunning ? 'ring' : 'question')}${isRunning ? 'Running' : 'Without a recorded end'}`
      : html`${icon(isGood ? 'tick' : 'cross')}${capital(outcome.replaceAll('_', ' '))}${took}`;
  const tone = outcome === null ? (isRunning ? 'accent' : 'warn') : isGood ? 'good' : 'bad';
  const place = isRunning && owner !== undefined ? html` on ${owner.host}` : '';
  const until = isRunning && deadlineAt !== undefined ? html`, until ${time(deadlineAt, 'seconds')} at the latest` : '';
  return html`<details class="disclosure" id="attempt-${orderNumber(orderId)}-${number}"${isGood ? '' : html` open=""`}><summary><span><b>Attempt ${number}</b> of the ${hookKindOf(orderId)}, ${time(startedAt, 'seconds')}${place}${until}</span><span class="result ${tone}">${result}</span></summary><pre>${output === '' ? 'no output yet' : output}</pre></details>`;
}

/** Orders of one deploy that have attempts of the same number need different ids. */
function orderNumber(orderId: string): number {
  let hash = 0;
  for (const char of orderId) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) % 1_000_003;
  return hash;
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

/** "22 times, always answered". */
function askedWords(asked: number, failed: number): string {
  if (asked === 0) return 'not yet';
  const times = asked === 1 ? 'once' : `${asked} times`;
  if (failed === 0) return `${times}, always answered`;
  return failed === asked ? `${times}, never answered` : `${times}, ${failed} without an answer`;
}

function questionPart(check: CheckView, links: Html | string): Html {
  return html`<div class="question"><p><b>${check.name}</b> <span class="third">${check.provider}, ${askedWords(check.asked, check.couldNotAsk)}</span>${links}</p><pre>${check.latest?.query ?? 'not asked yet'}</pre></div>`;
}

function prunedNote({ prunedAt, pastPrunedAt }: DeployDetails): Html | string {
  if (prunedAt !== null) return html`<p>All measurements except the last one of each check were deleted at ${time(prunedAt)}.</p>`;
  if (pastPrunedAt === null) return '';
  return html`<p>The past that the checks were compared with was deleted at ${time(pastPrunedAt)}, so the chart does not show it.</p>`;
}
