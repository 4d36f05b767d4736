import { formatWeight } from '../rules/stage.ts';
import type { Bake } from './bake.ts';
import type { BakeEvent } from './event.ts';

/** One line of a deploy's append-only story: transitions, operators' actions, hook attempts. It is the audit log as well. */
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

/** What a transition adds to the timeline: nothing where only time went by. */
export function narrate(before: Bake, next: Bake, { event, by, blind }: NarrationContext): readonly TimelineEntry[] {
  const { at } = event;
  const isOtherShift = next.state === 'shifting' && before.state === 'shifting' && next.shift.id !== before.shift.id;
  if (next.state !== before.state || isOtherShift)
    return [{ at, kind: next.state, by, text: `${describeBake(next)}${unfinishedShift(before, next)}` }];
  // Not a second `rolling_back`: the budget counts those, and the first one did nothing.
  if (next.state === 'rolling_back' && before.state === 'rolling_back' && next.order.id !== before.order.id)
    return [{ at, kind: 'target_gone', by, text: describeBake(next) }];
  if (blind) return [{ at, kind: blind.topic, by, text: blind.reasons.join('; ') }];
  if (event.type === 'judged' || event.type === 'elapsed') return [];
  return [
    {
      at,
      kind: event.type,
      by,
      text: describeEvent(event, next),
    },
  ];
}

function describeEvent(event: BakeEvent, next: Bake): string {
  if (event.type === 'extended') return `the bake was extended by ${event.byMs / 1000} s`;
  return event.type === 'shifted' ? event.summary : `the bake goes on: ${next.state}`;
}

/** A bake that ends while traffic is being shifted leaves open how much of it was. */
function unfinishedShift(before: Bake, next: Bake): string {
  if (before.state !== 'shifting' || (next.state !== 'canceled' && next.state !== 'superseded')) return '';
  return `; a shift to ${formatWeight(before.shift.weight)} was under way: look how much of the traffic it gets`;
}

/** A state in one sentence, with its reasons. */
export function describeBake(bake: Bake): string {
  switch (bake.state) {
    case 'warming':
      return bake.deployedAt === null ? 'waiting for the deploy to finish' : (bake.held ?? 'warming up');
    case 'shifting':
      return describeShift(bake);
    case 'baking':
      return `${stagePrefix(bake)}${bake.reasons.length === 0 ? 'the checks are watched' : `baking: ${bake.reasons.join('; ')}`}`;
    case 'awaiting_approval':
      return `waiting for a person to approve the rollback to ${bake.target.version}: ${bake.reasons.join('; ')}`;
    case 'rolling_back':
      return `rolling back to ${bake.order.target.version}: ${bake.order.reasons.join('; ')}`;
    case 'verifying':
      return `${bake.order.target.version} is back; watching the recovery`;
    case 'rolled_back':
      return `recovered on ${bake.order.target.version}: ${bake.order.reasons.join('; ')}`;
    case 'passed':
    case 'inconclusive':
      return `${bake.state}: ${bake.reasons.join('; ')}`;
    case 'failed':
      return `failed, rolled back: ${bake.rolledBack}: ${bake.reasons.join('; ')}`;
    case 'canceled':
    case 'superseded':
      return `${bake.state} by ${bake.by}${bake.weight === undefined ? '' : `; the release keeps ${formatWeight(bake.weight)} of the traffic`}`;
  }
}

function stagePrefix({ stage }: Extract<Bake, { state: 'baking' }>): string {
  return stage === undefined ? '' : `stage ${stage.number} of ${stage.of}, ${formatWeight(stage.weight)} of the traffic: `;
}

function describeShift({ shift, after }: Extract<Bake, { state: 'shifting' }>): string {
  if (after.kind === 'stage') return `shifting ${formatWeight(shift.weight)} of the traffic to the release, for stage ${after.number}`;
  if (after.kind === 'pass') return `shifting all traffic to the release: passed by ${after.by}: ${after.why}`;
  return `shifting all traffic back to the stable release: ${after.reasons.join('; ')}`;
}
