import { formatDuration } from '../base/duration.ts';
import { formatWeight } from '../rules/stage.ts';
import { type Bake, isRolledForward } from './bake.ts';
import { targetName } from './deploy.ts';
import type { BakeEvent } from './event.ts';
import { formatClock } from './time-left.ts';

/** One line of a deploy's append-only timeline: transitions, actions of people, hook attempts. The timeline is also the audit log. */
export type TimelineEntry = {
  readonly at: number;
  readonly kind: string;
  readonly by: string;
  readonly text: string;
  readonly detail?: string | undefined;
};

type NarrationContext = {
  readonly event: BakeEvent;
  readonly by: string;
  readonly blind: { readonly topic: string; readonly reasons: readonly string[] } | undefined;
};

/** Builds the timeline entries of a transition. None if the state stayed and only time passed. */
export function narrate(before: Bake, next: Bake, { event, by, blind }: NarrationContext): readonly TimelineEntry[] {
  const { at } = event;
  // Not a second `rolling_back`: the rollback limit counts these entries, and the first order did nothing.
  if (before.state === 'verifying' && next.state === 'rolling_back')
    return [{ at, kind: 'repeated', by, text: `no recovery was seen, and ${next.order.target.version} ran already: the hook acts once` }];
  const isOtherShift = next.state === 'shifting' && before.state === 'shifting' && next.shift.id !== before.shift.id;
  // Neither does a roll forward count.
  if (next.state === 'rolling_back' && next.order.replaces !== undefined && next.state !== before.state)
    return [{ at, kind: 'rolling_forward', by, text: describeBake(next) }];
  if (next.state !== before.state || isOtherShift)
    return [{ at, kind: next.state, by, text: `${describeBake(next)}${unfinishedShift(before, next)}` }];
  // Not a second `rolling_back`: the rollback limit counts these entries, and the first order did nothing.
  if (next.state === 'rolling_back' && before.state === 'rolling_back' && next.order.id !== before.order.id)
    return [{ at, kind: 'target_gone', by, text: describeBake(next) }];
  const news = [...(blind ? [{ kind: blind.topic, text: blind.reasons.join('; ') }] : []), ...progressOf(before, next)];
  if (news.length > 0) return news.map((entry) => ({ at, by, ...entry }));
  if (event.type === 'judged' || event.type === 'elapsed') return [];
  return [{ at, kind: event.type, by, text: describeEvent(event, next) }];
}

/** What happens once while a bake goes on: its extension begins, or every critical check has ruled out harm. */
function progressOf(before: Bake, next: Bake): readonly Pick<TimelineEntry, 'kind' | 'text'>[] {
  if (before.state !== 'baking' || next.state !== 'baking') return [];
  const isExtended = next.extendedSince !== undefined && before.extendedSince === undefined;
  const isClear = next.clearAt !== undefined && before.clearAt === undefined;
  return [
    ...(isExtended
      ? [{ kind: 'extended', text: `extended until ${formatClock(next.limitAt)} at the latest: ${next.reasons.join('; ')}` }]
      : []),
    ...(isClear
      ? [{ kind: 'clear', text: `every critical check has ruled out harm; the bake goes on until ${formatClock(next.endsAt)}` }]
      : []),
  ];
}

/** An event that kept the state. */
function describeEvent(event: BakeEvent, next: Bake): string {
  if (event.type === 'extended') return `the bake was extended by ${formatDuration(event.byMs)}`;
  if (event.type === 'finished') return `the deploy has finished; ${describeBake(next)}`;
  return event.type === 'shifted' ? event.summary : describeBake(next);
}

/** If a bake ends during a shift, the share of the traffic is unknown. */
function unfinishedShift(before: Bake, next: Bake): string {
  if (before.state !== 'shifting' || (next.state !== 'canceled' && next.state !== 'superseded')) return '';
  return `; the shift to ${formatWeight(before.shift.weight)} was not finished: check how much traffic the release gets`;
}

/** Describes the state of a bake in one sentence, with its reasons. */
export function describeBake(bake: Bake): string {
  switch (bake.state) {
    case 'warming':
      return bake.deployedAt === null ? 'waiting for the deploy to finish' : (bake.held ?? 'warming up');
    case 'shifting':
      return describeShift(bake);
    case 'baking':
      return `${stagePrefix(bake)}${bake.reasons.length === 0 ? 'watching the checks' : `baking: ${bake.reasons.join('; ')}`}`;
    case 'awaiting_approval':
      return `waiting for a person to approve the rollback to ${targetName(bake.target)}: ${bake.reasons.join('; ')}`;
    case 'rolling_back':
      return `${bake.order.replaces === undefined ? 'rolling back' : 'rolling forward'} to ${targetName(bake.order.target)}: ${bake.order.reasons.join('; ')}`;
    case 'verifying':
      return `${targetName(bake.order.target)} runs again; watching whether the service recovers`;
    case 'rolled_back':
      return describeRolledBack(bake);
    case 'inconclusive':
      return isRolledForward(bake) ? bake.reasons.join('; ') : `inconclusive: ${bake.reasons.join('; ')}`;
    case 'passed':
      return `${bake.state}: ${bake.reasons.join('; ')}`;
    case 'failed':
      return describeFailure(bake);
    case 'canceled':
    case 'superseded':
      return `${bake.state} by ${endedBy(bake)}${bake.weight === undefined ? '' : `; the release keeps ${formatWeight(bake.weight)} of the traffic`}`;
  }
}

/** Who or what ended a bake. The id of another deploy would open its page, so its version stands for it. */
export function endedBy({ state, by, byVersion }: Extract<Bake, { state: 'canceled' | 'superseded' }>): string {
  return state === 'superseded' ? (byVersion ?? 'a newer deploy') : by;
}

function describeRolledBack({ order, unconfirmed }: Extract<Bake, { state: 'rolled_back' }>): string {
  const ending = unconfirmed === undefined ? 'the service has recovered' : `its recovery could not be measured (${unconfirmed.join('; ')})`;
  return `rolled back to ${targetName(order.target)} because of ${order.reasons.join('; ')}; ${ending}`;
}

/** The result of the rollback is said once: by the reasons, or else before them. */
const rollbackResults = {
  no: { text: ', not rolled back', reason: /^(not rolled back|rolled forward)/ },
  yes: { text: ', rolled back but not recovered', reason: /^rolled back to .* (could not be verified|did not help)$/ },
  unknown: { text: ', with an unknown rollback result', reason: /its result is unknown/ },
} as const;

function describeFailure({ rolledBack, reasons }: Extract<Bake, { state: 'failed' }>): string {
  const result = saysRollbackResult({ rolledBack, reasons }) ? '' : rollbackResults[rolledBack].text;
  return `failed${result}: ${reasons.join('; ')}`;
}

type RollbackResult = Pick<Extract<Bake, { state: 'failed' }>, 'rolledBack'> & { readonly reasons: readonly string[] };

/** Whether the reasons of a failed bake already say what became of its rollback. */
export function saysRollbackResult({ rolledBack, reasons }: RollbackResult): boolean {
  return reasons.some((reason) => rollbackResults[rolledBack].reason.test(reason));
}

function stagePrefix({ stage }: Extract<Bake, { state: 'baking' }>): string {
  return stage === undefined ? '' : `stage ${stage.number} of ${stage.of}, ${formatWeight(stage.weight)} of the traffic: `;
}

function describeShift({ shift, after }: Extract<Bake, { state: 'shifting' }>): string {
  if (after.kind === 'stage')
    return `shifting ${formatWeight(shift.weight)} of the traffic to the release, for stage ${after.number}${after.byRule === undefined ? '' : `: ${after.byRule}`}`;
  if (after.kind === 'pass') return `shifting all traffic to the release: passed by ${after.by}: ${after.why}`;
  return `shifting all traffic back to the stable release: ${after.reasons.join('; ')}`;
}
