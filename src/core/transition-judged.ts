import { assertNever } from './assert-never.ts';
import type { Bake, StageNow } from './bake.ts';
import type { Effect } from './effect.ts';
import type { BakeEvent } from './event.ts';
import type { Facts } from './facts.ts';
import { askGuards, type GuardAnswer } from './guards.ts';
import type { Judgement } from './judgement.ts';
import { baseOf, moved, refused, remember, type Transition, tell } from './moved.ts';
import { type NonEmpty, nonEmpty } from './non-empty.ts';
import { hasShifted, heldBy, keepsTraffic, orderShift, orderStage, trafficOf, withWords } from './order-shift.ts';
import type { Plan } from './plan.ts';
import { tickAfter } from './ticking.ts';
import { startRollback } from './transition-rollback.ts';

type Judged = Extract<BakeEvent, { type: 'judged' }>;
type Failed = Extract<Judged, { facts: Facts }>;
type Watched = Exclude<Judged, Failed>;
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
  const isOver = judgement.kind === 'healthy' && event.until >= bake.endsAt;
  const onward =
    isOver && bake.stage !== undefined && bake.stage.number < bake.stage.of ? nextStage(bake, bake.stage, { event, plan }) : null;
  if (onward?.ok) return moved(onward.next, ...onward.effects, ...sighted(bake, judgement, at));
  const held = onward === null ? [] : [onward.refusal];
  if (isOver && onward === null) {
    const { confidence, reasons } = judgement;
    const next: Bake = { ...baseOf(bake), state: 'passed', at, by: null, confidence, reasons };
    return moved(next, ...sighted(bake, judgement, at), ...remember(plan), tell('passed', at, reasons));
  }
  if (event.until >= bake.limitAt) {
    const reasons = withWords(judgement.reasons, ...held, ...keepsTraffic(bake));
    return moved({ ...baseOf(bake), state: 'inconclusive', at, reasons }, tell('inconclusive', at, reasons));
  }
  const { seen, effects } = lookAround(bake, judgement, at, plan);
  return moved({ ...bake, ...seen, reasons: [...held, ...judgement.reasons], nextAt: tickAfter(event.until, plan) }, ...effects);
}

/** The stage has been healthy to its end. What is left of the extension is taken along; a freeze holds the shift. */
function nextStage(bake: Baking, { number, leftOut }: StageNow, { event, plan }: { event: Watched; plan: Plan }): Transition {
  const { at, until, freeze = null } = event;
  const weight = trafficOf(bake, plan)?.stages[number]?.weight ?? 100;
  if (freeze !== null) return refused(heldBy(freeze, weight));
  const judged = { from: bake.from, until };
  const extendMs = bake.limitAt - Math.max(until, bake.endsAt);
  return orderStage(bake, { at, number: number + 1, judged, leftOut, extendMs }, plan) ?? refused('there is no such stage');
}

/**
 * Keeps track of how long nothing could be asked, and tells people once when that is too long, and once when it is over. A provider that comes and goes
 * must stay away twice as long each time before they are told again.
 */
function lookAround(bake: Baking, judgement: Judgement, at: number, plan: Plan): { seen: Partial<Baking>; effects: readonly Effect[] } {
  if (judgement.kind !== 'undecided' || !judgement.couldNotAsk) return { seen: { blind: null }, effects: sighted(bake, judgement, at) };
  const { blind = null, timesBlind = 0 } = bake;
  const { since, told } = blind ?? { since: at, told: false };
  if (told || at - since < plan.blindAfterMs * 2 ** timesBlind) return { seen: { blind: { since, told } }, effects: [] };
  const seen = { blind: { since, told: true }, timesBlind: timesBlind + 1 };
  return { seen, effects: [tell('blind', at, judgement.reasons)] };
}

function sighted(bake: Baking, judgement: Judgement, at: number): readonly Effect[] {
  if (bake.blind === null || !bake.blind.told) return [];
  return [tell('sighted', at, nonEmpty(['the provider answers again', ...judgement.reasons], 'the provider answers again'))];
}

function onUnhealthy(bake: Baking, event: Failed, plan: Plan): Transition {
  const { at, facts, before } = event;
  const { reasons } = event.judgement;
  const answer = askGuards({ bake, plan, facts, before, at }, false);
  const isHandsOff = answer.kind === 'hold' && handsOff.has(answer.hold.guard);
  if (hasShifted(bake) && !isHandsOff) return orderShift(bake, { at, weight: 0, after: afterwards(answer, reasons) }, plan);
  if (answer.kind === 'hold') {
    const all = withWords(reasons, answer.hold.reason, ...keepsTraffic(bake));
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

/** Somebody said that nothing shall be touched. Any other guard only doubts that the older release is the cure: users are taken off this one all the same. */
const handsOff: ReadonlySet<string> = new Set(['observe_only', 'frozen']);

/** What the guards said happens once all traffic is back on the stable release. */
function afterwards(answer: GuardAnswer, reasons: NonEmpty<string>): Extract<Bake, { state: 'shifting' }>['after'] {
  switch (answer.kind) {
    case 'hold':
      return { kind: 'failed', reasons: withWords(reasons, answer.hold.reason) };
    case 'ask':
      return { kind: 'ask', target: answer.target, reasons };
    case 'go':
      return { kind: 'roll_back', target: answer.target, reasons };
    default:
      return assertNever(answer);
  }
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
