import { assertNever } from '../base/assert-never.ts';
import { type NonEmpty, nonEmpty } from '../base/non-empty.ts';
import type { Judgement } from '../judge/judgement.ts';
import type { Bake, StageNow } from './bake.ts';
import type { Effect } from './effect.ts';
import type { BakeEvent } from './event.ts';
import type { Facts } from './facts.ts';
import { askGuards, type GuardAnswer } from './guards.ts';
import { orderShift, orderStage } from './order-shift.ts';
import type { Plan } from './plan.ts';
import { nextTickAt } from './tick-schedule.ts';
import { frozenShiftReason, hasShiftedTraffic, remainingTraffic, trafficOf } from './traffic.ts';
import { accept, addReasons, commonFields, notify, refuse, rememberRunning, type Transition } from './transition-result.ts';
import { repeatRollback, startRollback } from './transition-rollback.ts';

type JudgedEvent = Extract<BakeEvent, { type: 'judged' }>;
type FailureEvent = Extract<JudgedEvent, { facts: Facts }>;
type JudgedWithoutFailure = Exclude<JudgedEvent, FailureEvent>;
type BakingBake = Extract<Bake, { state: 'baking' }>;
type VerifyingBake = Extract<Bake, { state: 'verifying' }>;

/** A service has recovered after this number of consecutive healthy ticks: the first one may still include the bad release. */
const healthyTicksToRecover = 2;

/** Handles `judged`: a pass over the checks came to a judgement. */
export function onJudged(bake: Bake, event: JudgedEvent, plan: Plan): Transition {
  if (bake.state === 'baking') return onBaking(bake, event, plan);
  if (bake.state === 'verifying') return onVerifying(bake, event, plan);
  return refuse(`nothing is judged while the bake is ${bake.state}`);
}

function onBaking(bake: BakingBake, event: JudgedEvent, plan: Plan): Transition {
  if ('facts' in event) return onUnhealthy(bake, event, plan);
  const { judgement, at } = event;
  const isHealthyToEnd = judgement.kind === 'healthy' && event.until >= bake.endsAt;
  const stageShift =
    isHealthyToEnd && bake.stage !== undefined && bake.stage.number < bake.stage.of
      ? orderNextStage(bake, bake.stage, { event, plan })
      : null;
  if (stageShift?.ok) return accept(stageShift.next, ...stageShift.effects, ...sightedNotice(bake, judgement, at));
  const held = stageShift === null ? [] : [stageShift.refusal];
  if (isHealthyToEnd && stageShift === null) {
    const { confidence, reasons } = judgement;
    const next: Bake = { ...commonFields(bake), state: 'passed', at, by: null, confidence, reasons };
    return accept(next, ...sightedNotice(bake, judgement, at), ...rememberRunning(plan), notify('passed', at, reasons));
  }
  if (event.until >= bake.limitAt) {
    const reasons = addReasons(judgement.reasons, ...held, ...remainingTraffic(bake));
    return accept({ ...commonFields(bake), state: 'inconclusive', at, reasons }, notify('inconclusive', at, reasons));
  }
  const { fields, effects } = trackBlindness(bake, judgement, at, plan);
  return accept({ ...bake, ...fields, reasons: [...held, ...judgement.reasons], nextAt: nextTickAt(event.until, plan) }, ...effects);
}

/** The stage was healthy to its end. The rest of the extension goes to the next stage. A freeze holds the shift. */
function orderNextStage(
  bake: BakingBake,
  { number, leftOut }: StageNow,
  { event, plan }: { event: JudgedWithoutFailure; plan: Plan },
): Transition {
  const { at, until, freeze = null } = event;
  const weight = trafficOf(bake, plan)?.stages[number]?.weight ?? 100;
  if (freeze !== null) return refuse(frozenShiftReason(freeze, weight));
  const judged = { from: bake.from, until };
  const extendMs = bake.limitAt - Math.max(until, bake.endsAt);
  return orderStage(bake, { at, number: number + 1, judged, leftOut, extendMs }, plan) ?? refuse('there is no such stage');
}

/**
 * Tracks how long no provider answers. Notifies people once when this lasts too long, and once when it ends. If it happens again, the time until the
 * next notice doubles.
 */
function trackBlindness(
  bake: BakingBake,
  judgement: Judgement,
  at: number,
  plan: Plan,
): { fields: Partial<BakingBake>; effects: readonly Effect[] } {
  if (judgement.kind !== 'undecided' || !judgement.couldNotAsk)
    return { fields: { blind: null }, effects: sightedNotice(bake, judgement, at) };
  const { blind = null, timesBlind = 0 } = bake;
  const { since, told } = blind ?? { since: at, told: false };
  if (told || at - since < plan.blindAfterMs * 2 ** timesBlind) return { fields: { blind: { since, told } }, effects: [] };
  const fields = { blind: { since, told: true }, timesBlind: timesBlind + 1 };
  return { fields, effects: [notify('blind', at, judgement.reasons)] };
}

function sightedNotice(bake: BakingBake, judgement: Judgement, at: number): readonly Effect[] {
  if (bake.blind === null || !bake.blind.told) return [];
  return [notify('sighted', at, nonEmpty(['the provider answers again', ...judgement.reasons], 'the provider answers again'))];
}

function onUnhealthy(bake: BakingBake, event: FailureEvent, plan: Plan): Transition {
  const { at, facts, before } = event;
  const { reasons } = event.judgement;
  const answer = askGuards({ bake, plan, facts, before, at }, false);
  const isHandsOff = answer.kind === 'hold' && handsOffGuards.has(answer.hold.guard);
  if (hasShiftedTraffic(bake) && !isHandsOff) return orderShift(bake, { at, weight: 0, after: afterShiftBackFor(answer, reasons) }, plan);
  if (answer.kind === 'hold') {
    const all = addReasons(reasons, answer.hold.reason, ...remainingTraffic(bake));
    return accept({ ...commonFields(bake), state: 'failed', at, rolledBack: 'no', reasons: all }, notify('failed', at, all));
  }
  if (answer.kind === 'ask') {
    const next: Bake = {
      ...commonFields(bake),
      state: 'awaiting_approval',
      since: at,
      target: answer.target,
      reasons,
      nextAt: at + plan.approvalMs,
    };
    return accept(next, notify('approval', at, reasons));
  }
  return startRollback(bake, { at, target: answer.target, reasons }, plan);
}

/** With these guards nothing may be changed. With any other guard the traffic still moves off the bad release: it holds only the rollback. */
const handsOffGuards: ReadonlySet<string> = new Set(['observe_only', 'frozen']);

/** What happens once all traffic is back on the stable release: what the guards decided. */
function afterShiftBackFor(answer: GuardAnswer, reasons: NonEmpty<string>): Extract<Bake, { state: 'shifting' }>['after'] {
  switch (answer.kind) {
    case 'hold':
      return { kind: 'failed', reasons: addReasons(reasons, answer.hold.reason) };
    case 'ask':
      return { kind: 'ask', target: answer.target, reasons };
    case 'go':
      return { kind: 'roll_back', target: answer.target, reasons };
    default:
      return assertNever(answer);
  }
}

function onVerifying(bake: VerifyingBake, event: JudgedEvent, plan: Plan): Transition {
  const { judgement, at, until } = event;
  const healthyTicks = judgement.kind === 'healthy' ? bake.healthyTicks + 1 : 0;
  if (healthyTicks >= healthyTicksToRecover) {
    return accept({ ...commonFields(bake), state: 'rolled_back', at, order: bake.order }, notify('recovered', at, judgement.reasons));
  }
  if (until >= bake.endsAt && judgement.kind !== 'healthy') {
    if (bake.isUntouched) return repeatRollback(bake, at, plan);
    const reasons = nonEmpty(
      [`rolled back to ${bake.order.target.version}, but the recovery could not be verified`, ...judgement.reasons],
      'not recovered',
    );
    return accept({ ...commonFields(bake), state: 'failed', at, rolledBack: 'yes', reasons }, notify('failed', at, reasons));
  }
  return accept({ ...bake, healthyTicks, nextAt: nextTickAt(until, plan) });
}
