import { type Bake, isRolledForward, isShiftingBack } from '../bake/bake.ts';
import { type Deploy, targetName } from '../bake/deploy.ts';
import { describeBake, endedBy, saysRollbackResult } from '../bake/narrate.ts';
import { isExtended } from '../bake/time-left.ts';
import { formatDuration } from '../base/duration.ts';
import type { Times } from './times.ts';

type SummaryInput = {
  readonly at: number;
  readonly deploy: Deploy;
  readonly bake: Bake;
  readonly times: Times;
  readonly previous: { readonly version: string } | null;
  /** The headlines of the failed critical checks. */
  readonly failing: readonly string[];
  /** The reasons of the bake that are no headline of these. */
  readonly otherReasons: readonly string[];
};

/** Says what happened in a few sentences, for a person who was not there. */
export function summarize(input: SummaryInput): string {
  return [...beginning(input), ...verdict(input), ...ending(input), ...impact(input)].join(' ');
}

function beginning({ deploy, bake }: SummaryInput): readonly string[] {
  const { service, environment, release, registeredBy, registeredAt, adopted, cause } = deploy;
  const what = `${service} ${release.version}`;
  if (adopted) return [`${what} was already running in ${environment} when ${registeredBy} adopted it at ${clock(registeredAt)}.`];
  if (bake.deployedAt === null)
    return [`${what} was registered by ${registeredBy} at ${clock(registeredAt)} and is being deployed to ${environment}.`];
  return [
    `${what}${cause.kind === 'rollback' ? ', a rollback,' : ''} was deployed to ${environment} at ${clock(bake.deployedAt)}, registered by ${registeredBy}.`,
  ];
}

function verdict({ bake, times, failing }: SummaryInput): readonly string[] {
  const { judgedBadAt, orderedAt, deployedAt } = times;
  if (judgedBadAt !== null) {
    const after = deployedAt === null ? '' : `, ${formatRoundedDuration(judgedBadAt - deployedAt)} after the deploy`;
    return [`It was judged bad at ${clock(judgedBadAt)}${after}${because(failing.length > 0 ? failing : reasonsOf(bake))}`];
  }
  return orderedAt === null ? [] : [`A rollback was requested at ${clock(orderedAt)}${because(reasonsOf(bake))}`];
}

/** What decided the state of a bake. */
export function reasonsOf(bake: Bake): readonly string[] {
  if ('order' in bake) return bake.order.reasons;
  if (bake.state === 'shifting') return isShiftingBack(bake) ? bake.after.reasons : [];
  return 'reasons' in bake ? bake.reasons : [];
}

/** Until when a bake goes on, and why it is extended. */
function watch(bake: Extract<Bake, { state: 'baking' }>, at: number): string {
  const blind = bake.blind ? '; its metrics cannot be read at the moment' : '';
  if (!isExtended(bake, at)) return `It is being watched until ${clock(bake.endsAt)}${blind}.`;
  return `It is being watched longer than planned, until ${clock(bake.limitAt)}${blind}${because(bake.reasons)}`;
}

function ending({ bake, at, times, previous, otherReasons }: SummaryInput): readonly string[] {
  const target =
    'order' in bake
      ? targetName(bake.order.target)
      : 'target' in bake
        ? targetName(bake.target)
        : (previous?.version ?? 'the release before');
  switch (bake.state) {
    case 'warming':
      return bake.deployedAt === null ? [] : ['It is warming up: nothing has been judged yet.'];
    case 'shifting':
      return [`It is ${describeBake(bake)}.`];
    case 'baking':
      return [watch(bake, at)];
    case 'awaiting_approval':
      return [`The rollback to ${target} waits for a person's approval.`];
    case 'rolling_back':
      return [
        bake.order.replaces === undefined ? `It is being rolled back to ${target}.` : 'It is being rolled forward: a person puts it back.',
      ];
    case 'verifying':
      return [`${target} runs again, and Bakewatch watches whether the service recovers.`];
    case 'rolled_back':
      if (bake.unconfirmed !== undefined) {
        return [
          `It was rolled back to ${target}${durationPhrase(times.rollBackMs)}. Its recovery could not be measured${because(bake.unconfirmed)}`,
        ];
      }
      return [
        `It was rolled back to ${target}${durationPhrase(times.rollBackMs)}${times.recoveredAt === null ? '; that the service recovered was not measured' : `, and the checks passed again at ${clock(times.recoveredAt)}`}.`,
      ];
    case 'passed':
      return [
        bake.by === null
          ? `It passed at ${clock(bake.at)} and is known-good${bake.confidence === 'low' ? ', with low confidence' : ''}${because(bake.reasons)}`
          : `${bake.by} vouched for it at ${clock(bake.at)}, so it is known-good${because(bake.reasons)}`,
      ];
    case 'inconclusive':
      if (isRolledForward(bake)) return [`A person rolled forward to it, so it runs again${because(bake.reasons)}`];
      return [`It could not be judged${because(bake.reasons)} Nothing was rolled back.`];
    case 'failed':
      return [failure(bake.rolledBack, target, otherReasons)];
    case 'canceled':
    case 'superseded':
      return [`The watch ended at ${clock(bake.at)}: ${bake.state} by ${endedBy(bake)}.`];
  }
}

function failure(rolledBack: 'no' | 'yes' | 'unknown', target: string, reasons: readonly string[]): string {
  const why = because(reasons);
  // The reasons say it better: "Not rolled back: the rules …".
  if (saysRollbackResult({ rolledBack, reasons })) return why.replace(/^: (.)/, (_, first: string) => first.toUpperCase());
  if (rolledBack === 'no') return `Bakewatch did not roll it back, and a person had to act${why}`;
  if (rolledBack === 'yes') return `It was rolled back to ${target}, but the recovery could not be verified, and a person had to act${why}`;
  return `It is unknown whether it was rolled back to ${target}, and a person had to check${why}`;
}

function impact({ times: { affectedMs, isStillAffected } }: SummaryInput): readonly string[] {
  if (affectedMs === null) return [];
  return [
    `As far as the checks show, users ${isStillAffected ? 'have been' : 'were'} affected for ${formatRoundedDuration(affectedMs)}${isStillAffected ? ' so far' : ''}.`,
  ];
}

function durationPhrase(ms: number | null): string {
  return ms === null ? '' : ` in ${formatRoundedDuration(ms)}`;
}

/** Formats a duration rounded to seconds, or to minutes from one hour on. */
export function formatRoundedDuration(ms: number): string {
  if (ms < 1_000) return 'less than 1s';
  const unit = ms < 3_600_000 ? 1_000 : 60_000;
  return formatDuration(Math.round(ms / unit) * unit);
}

function clock(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** The end of a sentence with its reasons. */
function because(reasons: readonly string[]): string {
  const why = reasons.slice(0, 3).join('; ');
  if (why === '') return '.';
  return why.endsWith('.') ? `: ${why}` : `: ${why}.`;
}
