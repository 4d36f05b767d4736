import type { Bake } from '../core/bake/bake.ts';
import { targetName } from '../core/bake/deploy.ts';
import { describeBake, saysRollbackResult } from '../core/bake/narrate.ts';
import { maxHeadline } from '../core/judge/explanation.ts';
import { checkTitle } from '../core/judge/headline.ts';
import { checkNumbers } from '../core/report/check-numbers.ts';
import { formatWeight } from '../core/rules/stage.ts';
import type { DeployWords } from '../usecases/explain-deploy.ts';
import type { DeployView } from '../usecases/view-deploy.ts';
import { durationWords } from './duration-words.ts';
import { type Html, html } from './html.ts';
import { type AnsweredCheck, isSuspicious } from './lead-check.ts';
import { verdictSentence } from './sentence.ts';
import { time } from './time.ts';

/** One headline, and the sentences below it: compared with what, how sure, and what follows. `isOfLead`: the headline is that of the leading check. */
export type DeployHeadline = { readonly headline: string; readonly because: readonly (Html | string)[]; readonly isOfLead: boolean };

export type HeadlineInput = {
  readonly view: DeployView;
  readonly words: DeployWords;
  readonly checks: readonly AnsweredCheck[];
  readonly lead: AnsweredCheck | null;
};

export function deployHeadline(input: HeadlineInput): DeployHeadline {
  const { view, words, checks, lead } = input;
  const { bake } = view.record;
  const others = words.reasons.filter(({ check }) => check === null).map(({ text }) => verdictSentence(text));
  const after = [...followUps(input)];
  const leadText = lead === null ? null : `${checkTitle(lead.check.name)}: ${lead.answer.headline}`;
  const reason = words.reasons.find(({ check }) => check !== null && check === lead?.check.name);
  const ofLead = (): DeployHeadline => ({
    headline: reason?.text ?? leadText ?? '',
    because: [...sentences(reason?.because ?? lead?.answer.because ?? ''), ...others, ...after],
    isOfLead: true,
  });
  if (bake.state === 'failed' && bake.didNotHelp) {
    const seen = lead?.after?.headline.replace(/, was .*$/, '') ?? '';
    const title = 'The rollback changed nothing';
    const full = `${title}: ${seen}`;
    const own = reason === undefined ? [] : [verdictSentence(reason.text), ...sentences(reason.because)];
    return { headline: seen !== '' && full.length <= maxHeadline ? full : title, because: [...own, ...others, ...after], isOfLead: true };
  }
  if (bake.state === 'passed' && lead?.answer.unproven != null) {
    const because = [verdictSentence(`${lead.check.name} is unproven: ${lead.answer.unproven}`), ...others, ...after];
    return { headline: `${checkTitle(lead.check.name)}: not watched, because its rule matched nothing`, because, isOfLead: false };
  }
  const isOpen = bake.state === 'baking' || bake.state === 'passed';
  const needsWords = lead !== null && (lead.answer.outcome !== 'pass' || isSuspicious(lead));
  if (isOpen && !needsWords && checks.some(({ answer }) => answer.outcome === 'pass')) {
    const healthy = checks.filter(({ answer }) => answer.outcome === 'pass').length;
    const rest = others.filter((text) => text !== verdictSentence('all well'));
    const headline = `${healthy} of ${checks.length} checks healthy${bake.state === 'baking' ? ' so far' : ''}`;
    return { headline, because: [...rest, ...after], isOfLead: false };
  }
  const isSaidByLead = needsWords && bake.state !== 'canceled' && bake.state !== 'superseded' && bake.state !== 'warming';
  if (isSaidByLead && (isOpen || reason !== undefined)) return ofLead();
  return { headline: titleOf(bake), because: [...others.filter((text) => !isOfState(bake, text)), ...after], isOfLead: false };
}

/** What each state is, where no check has a headline for it. */
const titles: Readonly<Record<Bake['state'], string>> = {
  warming: 'Warming up: nothing is judged yet',
  shifting: 'Traffic is being shifted',
  baking: 'Too early to tell',
  awaiting_approval: 'A person must approve the rollback',
  rolling_back: 'Rolling back',
  verifying: 'Rolled back: watching the recovery',
  passed: 'Passed',
  rolled_back: 'Rolled back, and the service has recovered',
  inconclusive: 'Could not be judged',
  failed: 'Needs a person now',
  canceled: 'Canceled: no longer watched',
  superseded: 'A newer deploy ended this bake',
};

function titleOf(bake: Bake): string {
  return bake.state === 'rolled_back' && bake.unconfirmed !== undefined
    ? 'Rolled back; its recovery could not be measured'
    : titles[bake.state];
}

/** A superseded bake is described with the id of its successor, which a page opened by link must not show. */
function isOfState(bake: Bake, text: string): boolean {
  return bake.state === 'superseded' && text === verdictSentence(describeBake(bake));
}

/** What will follow, or has followed. */
function followUps({ view, checks, lead }: HeadlineInput): readonly (Html | string)[] {
  const { bake, deploy } = view.record;
  switch (bake.state) {
    case 'baking':
      return [
        ...(bake.stage
          ? [`Stage ${bake.stage.number} of ${bake.stage.of}: the release gets ${formatWeight(bake.stage.weight)} of the traffic.`]
          : []),
        ...(bake.blind ? ['The metrics cannot be fetched at the moment.'] : []),
        ...(bake.extendedSince === undefined ? [] : [html`Extended until ${time(bake.limitAt, 'seconds')} at the latest.`]),
      ];
    case 'awaiting_approval':
      return [`It goes back to ${targetName(bake.target)} once a person approves.`];
    case 'rolling_back':
      return [`${bake.order.replaces === undefined ? 'Going back' : 'Rolling forward'} to ${targetName(bake.order.target)}.`];
    case 'verifying':
      return [`${targetName(bake.order.target)} is back; its checks are watched for ${durationWords(bake.endsAt - bake.from)}.`];
    case 'rolled_back':
      return bake.unconfirmed === undefined ? [recoveryText(view, checks, lead)] : [];
    case 'passed':
      return bake.confidence === 'low' ? [`${deploy.release.version} is known-good now, with low confidence.`] : [];
    case 'inconclusive':
      return [`${deploy.release.version} stays, and is not known-good.`];
    case 'failed':
      if (bake.didNotHelp) return ['The cause may lie elsewhere: look at what else changed in these minutes.'];
      return saysRollbackResult(bake) ? [] : [rollbackResults[bake.rolledBack]];
    default:
      return [];
  }
}

const rollbackResults = {
  no: 'Nothing was rolled back.',
  yes: 'It was rolled back, but no recovery was measured.',
  unknown: 'It is not known whether it was rolled back: look which release runs.',
} as const;

/** "After the rollback it is 65 %, and 4 of 4 checks pass on v1." */
function recoveryText({ record }: DeployView, checks: readonly AnsweredCheck[], lead: AnsweredCheck | null): string {
  const { bake, ruleSet } = record;
  const target = bake.state === 'rolled_back' ? targetName(bake.order.target) : '';
  const seen = checks.filter(({ after }) => after !== null);
  const passing = seen.filter(({ after }) => after?.outcome === 'pass').length;
  const [numbers] = lead?.after ? checkNumbers(ruleSet, [lead.after]) : [];
  const value = numbers === undefined || numbers.measured === '–' ? '' : `it is ${numbers.measured}`;
  const count = seen.length === 0 ? '' : `${passing} of ${seen.length} checks pass on ${target}`;
  const parts = [value, count].filter((text) => text !== '').join(', and ');
  return parts === '' ? `${target} is back.` : `After the rollback ${parts}.`;
}

function sentences(text: string): readonly string[] {
  return text === '' ? [] : [verdictSentence(text)];
}
