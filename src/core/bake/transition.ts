import { assertNever } from '../base/assert-never.ts';
import { ceilTo } from '../base/window.ts';
import { type Bake, isFinal, isShiftingBack, isSupersedable } from './bake.ts';
import type { BakeEvent } from './event.ts';
import type { Freeze } from './facts.ts';
import { lookAround } from './look-around.ts';
import { orderShift, orderStage } from './order-shift.ts';
import type { Plan } from './plan.ts';
import { firstTickStart, nextTickAt, roundUpToTicks } from './tick-schedule.ts';
import { frozenShiftReason, remainingTraffic, trafficOf } from './traffic.ts';
import { onForwardRequested } from './transition-forward.ts';
import { onJudged } from './transition-judged.ts';
import { accept, addReasons, commonFields, notify, refuse, rememberRunning, type Transition } from './transition-result.ts';
import { onApproved, onRollbackElapsed, onRollbackFailed, onRollbackRequested, onRollbackSucceeded } from './transition-rollback.ts';
import { onShiftElapsed, onShifted, onShiftFailed } from './transition-shift.ts';

/**
 * The state machine of a bake: returns the next state after an event, and the effects to perform.
 * Pure, total and without a clock. An event that makes no sense in a state is refused with a reason, and the state stays.
 */
export function transition(bake: Bake, event: BakeEvent, plan: Plan): Transition {
  switch (event.type) {
    case 'finished':
      return onFinished(bake, event.at, plan);
    case 'elapsed':
      return onElapsed(bake, event, plan);
    case 'judged':
      return withLookAround(bake, event, onJudged(bake, event, plan));
    case 'extended':
      return onExtended(bake, event.byMs, plan);
    case 'approved':
      return onApproved(bake, event, plan);
    case 'rollback_requested':
      return onRollbackRequested(bake, event, plan);
    case 'forward_requested':
      return onForwardRequested(bake, event, plan);
    case 'rollback_succeeded':
      return onRollbackSucceeded(bake, event, plan);
    case 'rollback_failed':
      return onRollbackFailed(bake, event, plan);
    case 'shifted':
      return onShifted(bake, event, plan);
    case 'shift_failed':
      return onShiftFailed(bake, event, plan);
    case 'passed_by_hand':
      return onPassedByHand(bake, event, plan);
    case 'canceled':
    case 'superseded':
      return onEnded(bake, event);
    default:
      return assertNever(event);
  }
}

/** Adds the look around last: the rollback and the notices go out before it. */
function withLookAround(before: Bake, event: Extract<BakeEvent, { type: 'judged' }>, result: Transition): Transition {
  return result.ok ? accept(result.next, ...result.effects, ...lookAround(before, event, result.next)) : result;
}

function onFinished(bake: Bake, at: number, plan: Plan): Transition {
  if (bake.state !== 'warming') return refuse(`the bake is already ${bake.state}`);
  if (bake.deployedAt !== null) return refuse('the deploy has already finished');
  const nextAt = trafficOf(bake, plan) === null ? at + plan.warmupMs : at;
  return accept({ ...commonFields(bake), deployedAt: at, state: 'warming', nextAt }, ...rememberRunning(plan, 'deployed'));
}

function onElapsed(bake: Bake, { at, freeze = null }: Extract<BakeEvent, { type: 'elapsed' }>, plan: Plan): Transition {
  if (isFinal(bake)) return refuse(`the bake is ${bake.state}`);
  if (at < bake.nextAt) return refuse('the bake is not due yet');
  switch (bake.state) {
    case 'warming':
      if (bake.deployedAt === null) return onNeverFinished(bake, at);
      return startShifting(bake, { at, deployedAt: bake.deployedAt, freeze }, plan) ?? startBaking(bake, bake.deployedAt, plan);
    case 'shifting':
      return onShiftElapsed(bake, at, plan);
    case 'awaiting_approval':
    case 'rolling_back':
      return onRollbackElapsed(bake, at, plan);
    case 'baking':
    case 'verifying':
      return refuse('in this state a bake changes only when it is judged');
    default:
      return assertNever(bake);
  }
}

function onNeverFinished(bake: Bake, at: number): Transition {
  const reasons = ['the pipeline registered the start of this deploy but never reported that it finished'] as const;
  return accept({ ...commonFields(bake), state: 'inconclusive', at, reasons }, notify('inconclusive', at, reasons));
}

type WarmingBake = Extract<Bake, { state: 'warming' }>;

/** Orders the shift to the first stage. Returns `null` without stages. There is no warm-up before it: without traffic nothing warms up. */
function startShifting(
  bake: WarmingBake,
  { at, deployedAt, freeze }: { readonly at: number; readonly deployedAt: number; readonly freeze: Freeze | null },
  plan: Plan,
): Transition | null {
  const first = trafficOf(bake, plan)?.stages[0];
  if (first === undefined || freeze === null)
    return orderStage(bake, { at, number: 1, judged: null, leftOut: [], extendMs: plan.extendMs }, plan);
  const held = frozenShiftReason(freeze, first.weight);
  if (at < deployedAt + plan.extendMs) return accept({ ...bake, held, nextAt: at + plan.stepMs });
  return accept({ ...commonFields(bake), state: 'inconclusive', at, reasons: [held] }, notify('inconclusive', at, [held]));
}

function startBaking(bake: Bake, deployedAt: number, plan: Plan): Transition {
  // A deploy that was registered late is watched from its registration, for the whole time: probes have no past.
  const from = firstTickStart(Math.max(bake.begunAt, deployedAt + plan.warmupMs), plan);
  const endsAt = from + roundUpToTicks(plan.forMs, plan);
  return accept({
    ...commonFields(bake),
    state: 'baking',
    from,
    endsAt,
    limitAt: endsAt + ceilTo(plan.extendMs, plan.stepMs),
    nextAt: nextTickAt(from, plan),
    blind: null,
    reasons: [],
  });
}

function onExtended(bake: Bake, byMs: number, { stepMs }: Plan): Transition {
  if (bake.state !== 'baking') return refuse(`a bake can be extended only while it is baking; this one is ${bake.state}`);
  if (!(byMs > 0 && Number.isFinite(byMs))) return refuse('an extension must be longer than 0');
  // In whole ticks: the last window must end at the end of a tick.
  const more = ceilTo(byMs, stepMs);
  // Beyond the new end another extension begins.
  const { extendedSince: _, ...rest } = bake;
  return accept({ ...rest, endsAt: bake.endsAt + more, limitAt: bake.limitAt + more });
}

function onPassedByHand(bake: Bake, event: Extract<BakeEvent, { type: 'passed_by_hand' }>, plan: Plan): Transition {
  if (bake.state === 'inconclusive' || bake.state === 'failed') {
    return refuse(`the bake is ${bake.state}; to make the running release known-good, adopt it`);
  }
  if (!isSupersedable(bake)) return refuse(`the bake is ${bake.state}`);
  if (bake.deployedAt !== null && trafficOf(bake, plan) !== null) {
    return orderShift(bake, { at: event.at, weight: 100, after: { kind: 'pass', by: event.by, why: event.why } }, plan);
  }
  const reasons = [`passed by ${event.by}: ${event.why}`] as const;
  const next: Bake = { ...commonFields(bake), state: 'passed', at: event.at, by: event.by, confidence: 'low', reasons };
  // While the deploy is still in progress, the running release may be the old one.
  return accept(next, ...(bake.deployedAt === null ? [] : rememberRunning(plan)), notify('passed', event.at, reasons));
}

function onEnded(bake: Bake, event: Extract<BakeEvent, { type: 'canceled' | 'superseded' }>): Transition {
  if (bake.state === 'rolling_back' || bake.state === 'verifying') return refuse('a rollback is in progress');
  if (isShiftingBack(bake)) return refuse('traffic is being shifted back');
  if (!isSupersedable(bake)) return refuse(`the bake is ${bake.state}`);
  const next: Bake = {
    ...commonFields(bake),
    ...{
      state: event.type,
      at: event.at,
      by: event.by,
      ...(event.type === 'superseded' && event.version !== undefined && { byVersion: event.version }),
    },
  };
  return accept(
    next,
    notify(
      'stopped',
      event.at,
      addReasons(
        [`${event.type} by ${event.type === 'superseded' ? (event.version ?? 'a newer deploy') : event.by}`],
        ...(event.type === 'canceled' ? remainingTraffic(bake) : []),
      ),
    ),
  );
}
