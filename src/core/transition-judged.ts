import type { Bake } from './bake.ts';
import type { Effect } from './effect.ts';
import type { BakeEvent } from './event.ts';
import type { Facts } from './facts.ts';
import { askGuards } from './guards.ts';
import type { Judgement } from './judgement.ts';
import { baseOf, moved, refused, remember, type Transition, tell } from './moved.ts';
import { nonEmpty } from './non-empty.ts';
import type { Plan } from './plan.ts';
import { tickAfter } from './ticking.ts';
import { startRollback } from './transition-rollback.ts';

type Judged = Extract<BakeEvent, { type: 'judged' }>;
type Failed = Extract<Judged, { facts: Facts }>;
type Baking = Extract<Bake, { state: 'baking' }>;
type Verifying = Extract<Bake, { state: 'verifying' }>;

/** A recovery is believed after this many healthy ticks in a row: the first one may hold what was left of the bad release. */
const healthyTicksToRecover = 2;

/** A pass over the checks came to a judgement. */
export function onJudged(bake: Bake, event: Judged, plan: Plan): Transition {
  if (bake.state === 'baking') return onBaking(bake, event, plan);
  if (bake.state === 'verifying') return onVerifying(bake, event, plan);
  return refused(`nothing is judged while the bake is ${bake.state}`);
}

function onBaking(bake: Baking, event: Judged, plan: Plan): Transition {
  if ('facts' in event) return onUnhealthy(bake, event, plan);
  const { judgement, at } = event;
  if (judgement.kind === 'healthy' && event.until >= bake.endsAt) {
    const { confidence, reasons } = judgement;
    const next: Bake = { ...baseOf(bake), state: 'passed', at, by: null, confidence, reasons };
    return moved(next, ...sighted(bake, judgement, at), ...remember(plan), tell('passed', at, reasons));
  }
  if (event.until >= bake.limitAt) {
    const reasons = nonEmpty(judgement.reasons, 'the bake reached its limit undecided');
    return moved({ ...baseOf(bake), state: 'inconclusive', at, reasons }, tell('inconclusive', at, reasons));
  }
  const { blind, effects } = lookAround(bake, judgement, at, plan);
  return moved({ ...bake, blind, reasons: judgement.reasons, nextAt: tickAfter(event.until, plan) }, ...effects);
}

/** Keeps track of how long nothing could be asked, and tells people once when that is too long, and once when it is over. */
function lookAround(bake: Baking, judgement: Judgement, at: number, plan: Plan): { blind: Baking['blind']; effects: readonly Effect[] } {
  if (judgement.kind !== 'undecided' || !judgement.couldNotAsk) return { blind: null, effects: sighted(bake, judgement, at) };
  const blind = bake.blind ?? { since: at, told: false };
  if (blind.told || at - blind.since < plan.blindAfterMs) return { blind, effects: [] };
  return { blind: { ...blind, told: true }, effects: [tell('blind', at, judgement.reasons)] };
}

function sighted(bake: Baking, judgement: Judgement, at: number): readonly Effect[] {
  if (bake.blind === null || !bake.blind.told) return [];
  return [tell('sighted', at, nonEmpty(['the provider answers again', ...judgement.reasons], 'the provider answers again'))];
}

function onUnhealthy(bake: Baking, event: Failed, plan: Plan): Transition {
  const { at, facts, before } = event;
  const { reasons } = event.judgement;
  const answer = askGuards({ bake, plan, facts, before, at }, false);
  if (answer.kind === 'hold') {
    const all = nonEmpty([...reasons, answer.hold.reason], answer.hold.reason);
    return moved({ ...baseOf(bake), state: 'failed', at, rolledBack: 'no', reasons: all }, tell('failed', at, all));
  }
  if (answer.kind === 'ask') {
    const next: Bake = {
      ...baseOf(bake),
      state: 'awaiting_approval',
      since: at,
      target: answer.target,
      reasons,
      nextAt: at + plan.approvalMs,
    };
    return moved(next, tell('approval', at, reasons));
  }
  return startRollback(bake, { at, target: answer.target, reasons }, plan);
}

function onVerifying(bake: Verifying, event: Judged, plan: Plan): Transition {
  const { judgement, at, until } = event;
  const healthyTicks = judgement.kind === 'healthy' ? bake.healthyTicks + 1 : 0;
  if (healthyTicks >= healthyTicksToRecover) {
    return moved({ ...baseOf(bake), state: 'rolled_back', at, order: bake.order }, tell('recovered', at, judgement.reasons));
  }
  if (until >= bake.endsAt && judgement.kind !== 'healthy') {
    const reasons = nonEmpty(
      [`rolled back to ${bake.order.target.version}, and the recovery could not be verified`, ...judgement.reasons],
      'not recovered',
    );
    return moved({ ...baseOf(bake), state: 'failed', at, rolledBack: 'yes', reasons }, tell('failed', at, reasons));
  }
  return moved({ ...bake, healthyTicks, nextAt: tickAfter(until, plan) });
}
