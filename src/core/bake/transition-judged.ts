import { type NonEmpty, nonEmpty } from '../base/non-empty.ts';
import type { Judgement } from '../judge/judgement.ts';
import type { Bake, BakingBake } from './bake.ts';
import type { Effect } from './effect.ts';
import type { JudgedEvent } from './event.ts';
import { orderStage } from './order-shift.ts';
import type { Plan } from './plan.ts';
import { nextPassAt } from './tick-schedule.ts';
import { frozenShiftReason, remainingTraffic, trafficOf } from './traffic.ts';
import { accept, addReasons, commonFields, notify, refuse, rememberRunning, type Transition } from './transition-result.ts';
import { onUnhealthy } from './transition-unhealthy.ts';
import { onVerifying } from './transition-verifying.ts';
import { decideUndecided } from './when-undecided.ts';

type FailureEvent = Extract<JudgedEvent, { before: string | null }>;
type JudgedWithoutFailure = Exclude<JudgedEvent, FailureEvent>;

/** Handles `judged`: a pass over the checks came to a judgement. */
export function onJudged(bake: Bake, event: JudgedEvent, plan: Plan): Transition {
  if (bake.state === 'baking') return onBaking(bake, event, plan);
  if (bake.state === 'verifying') return onVerifying(bake, event, plan);
  return refuse(`nothing is judged while the bake is ${bake.state}`);
}

function onBaking(before: BakingBake, event: JudgedEvent, plan: Plan): Transition {
  if ('before' in event) return onUnhealthy(before, { ...event, reasons: event.judgement.reasons }, plan);
  const { judgement, at } = event;
  const bake = withClearance(before, event);
  const isHealthyToEnd = judgement.kind === 'healthy' && event.until >= bake.endsAt;
  const stageShift = isHealthyToEnd ? orderNextStage(bake, { event, plan }) : null;
  if (stageShift?.ok) return accept(stageShift.next, ...stageShift.effects, ...sightedNotice(bake, judgement, at));
  const held = stageShift === null ? [] : [stageShift.refusal];
  if (isHealthyToEnd && stageShift === null) return pass(bake, { ...judgement, judgement, at }, plan);
  if (event.until >= bake.limitAt) return onLimit(bake, { event, held }, plan);
  const { fields, effects } = trackBlindness(bake, judgement, at, plan);
  const excuse = trackExcuse(bake, judgement, at);
  const extended = event.until >= bake.endsAt ? { extendedSince: bake.extendedSince ?? at } : {};
  const nextAt = nextPassAt(event.until, at, plan);
  const next = { ...bake, ...fields, ...excuse.fields, ...extended, reasons: [...held, ...judgement.reasons], nextAt };
  return accept(next, ...effects, ...excuse.effects);
}

/** Records when every critical check has ruled out harm. In stages that counts only in the last one, in which the release has all of the traffic. */
function withClearance(bake: BakingBake, { judgement, at }: JudgedWithoutFailure): BakingBake {
  if (bake.clearAt !== undefined || judgement.kind !== 'healthy' || judgement.clear !== true) return bake;
  return isLastStage(bake) ? { ...bake, clearAt: at } : bake;
}

function isLastStage({ stage }: BakingBake): boolean {
  return stage === undefined || stage.number === stage.of;
}

type Passing = {
  readonly at: number;
  readonly confidence: 'full' | 'low';
  readonly reasons: NonEmpty<string>;
  readonly judgement: Judgement;
};

function pass(bake: BakingBake, { at, confidence, reasons, judgement }: Passing, plan: Plan): Transition {
  const next: Bake = { ...commonFields(bake), state: 'passed', at, by: null, confidence, reasons };
  return accept(next, ...sightedNotice(bake, judgement, at), ...rememberRunning(plan), notify('passed', at, reasons));
}

/**
 * The bake is not healthy at its limit: it ends as the rules say (`when_undecided`), where that is safe. A stage then goes on to the next one. Otherwise
 * it ends inconclusive, and people are notified. `held`: why a stage that is healthy does not go on.
 */
function onLimit(
  bake: BakingBake,
  { event, held }: { readonly event: JudgedWithoutFailure; readonly held: readonly string[] },
  plan: Plan,
): Transition {
  const { judgement, at, facts } = event;
  const { ending, reason } = decideUndecided(bake, event, plan);
  const reasons = addReasons(reason === null ? [] : [reason], ...judgement.reasons);
  if (ending === 'pass') {
    const stageShift = orderNextStage(bake, { event, plan, ...(reason !== null && { byRule: reason }) });
    if (stageShift?.ok) return accept(stageShift.next, ...stageShift.effects, ...sightedNotice(bake, judgement, at));
    if (stageShift === null) return pass(bake, { at, confidence: 'low', reasons, judgement }, plan);
    return hold(bake, { event, reasons: addReasons(reasons, stageShift.refusal) }, plan);
  }
  if (ending === 'roll_back' && facts !== undefined) return onUnhealthy(bake, { at, facts, before: null, reasons }, plan);
  return hold(bake, { event, reasons: addReasons([...judgement.reasons], ...(reason === null ? [] : [reason]), ...held) }, plan);
}

/** Ends a bake inconclusive. What the platform calls a release that may be an unverified target is remembered. */
function hold(bake: BakingBake, { event, reasons }: { event: JudgedWithoutFailure; reasons: NonEmpty<string> }, plan: Plan): Transition {
  const { judgement, at } = event;
  const isClean = judgement.kind === 'undecided' && judgement.isClean === true && isLastStage(bake);
  const all = addReasons(reasons, ...remainingTraffic(bake));
  const next: Bake = { ...commonFields(bake), state: 'inconclusive', at, reasons: all, ...(isClean && { isClean }) };
  return accept(next, ...(isClean ? rememberRunning(plan) : []), notify('inconclusive', at, all));
}

/** Orders the shift to the next stage; `null` in the last one. The rest of the extension goes to the next stage. A freeze holds the shift. */
function orderNextStage(
  bake: BakingBake,
  { event, plan, byRule }: { readonly event: JudgedWithoutFailure; readonly plan: Plan; readonly byRule?: string },
): Transition | null {
  const { at, until, freeze = null } = event;
  if (bake.stage === undefined || isLastStage(bake)) return null;
  const { number, leftOut } = bake.stage;
  const weight = trafficOf(bake, plan)?.stages[number]?.weight ?? 100;
  if (freeze !== null) return refuse(frozenShiftReason(freeze, weight));
  const judged = { from: bake.from, until };
  const extendMs = bake.limitAt - Math.max(until, bake.endsAt);
  const to = { at, number: number + 1, judged, leftOut, extendMs, ...(byRule !== undefined && { byRule }) };
  return orderStage(bake, to, plan) ?? refuse('there is no such stage');
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

/** Notifies people once that a failure does not count, because a check of a dependency fails too. */
function trackExcuse(
  { excusedSince }: BakingBake,
  judgement: Judgement,
  at: number,
): { fields: Partial<BakingBake>; effects: readonly Effect[] } {
  if (judgement.kind !== 'undecided' || judgement.excused === undefined || excusedSince !== undefined) return { fields: {}, effects: [] };
  return { fields: { excusedSince: at }, effects: [notify('elsewhere', at, [judgement.excused])] };
}

function sightedNotice(bake: BakingBake, judgement: Judgement, at: number): readonly Effect[] {
  if (bake.blind === null || !bake.blind.told) return [];
  return [notify('sighted', at, nonEmpty(['the provider answers again', ...judgement.reasons], 'the provider answers again'))];
}
