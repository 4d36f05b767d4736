import { formatDuration } from '../base/duration.ts';
import { type NonEmpty, nonEmpty } from '../base/non-empty.ts';
import { type Bake, isShiftingBack, type Order } from './bake.ts';
import { type Target, targetName } from './deploy.ts';
import type { BakeEvent } from './event.ts';
import type { Facts } from './facts.ts';
import { approvalTimeoutReason, askGuards, askGuardsForOlderTarget, type GuardAnswer, type GuardInput } from './guards.ts';
import { orderShift } from './order-shift.ts';
import type { Plan } from './plan.ts';
import { firstTickStart, nextTickAt, roundUpToTicks } from './tick-schedule.ts';
import { hasShiftedTraffic } from './traffic.ts';
import { onForwardFailed } from './transition-forward.ts';
import { accept, commonFields, notify, refuse, type Transition } from './transition-result.ts';

type RollbackEvent<T extends BakeEvent['type']> = Extract<BakeEvent, { type: T }>;

type OrderRequest = Omit<Order, 'id'> & { readonly at: number };

/** Orders a rollback. The order's id is made of the ids of the bake and the target, so a bake has at most one order per target. Idempotent.
 * After a roll forward the same rollback is another order. */
export function startRollback(bake: Bake, request: OrderRequest, plan: Plan): Transition {
  const { at, target, reasons, passedOver } = request;
  const again = bake.forwards === undefined ? '' : `:${bake.forwards}`;
  const order: Order = { id: `${bake.id}:${target.deployId}${again}`, target, reasons, ...(passedOver && { passedOver }) };
  const next: Bake = { ...commonFields(bake), state: 'rolling_back', since: at, order, nextAt: at + plan.rollbackMs };
  return accept(
    next,
    { kind: 'roll_back', order },
    // The title of the notice names the target.
    notify('unhealthy', at, reasons),
  );
}

/** Handles `approved`: a person approved the rollback. */
export function onApproved(bake: Bake, event: RollbackEvent<'approved'>, plan: Plan): Transition {
  if (bake.state !== 'awaiting_approval') return refuse(`nothing waits for approval; the bake is ${bake.state}`);
  const reasons = nonEmpty([...bake.reasons, `approved by ${event.by}`], 'approved');
  return startRollback(bake, { at: event.at, target: bake.target, reasons, passedOver: bake.passedOver }, plan);
}

/** Handles `rollback_requested`: a person requests a rollback, independent of the checks. */
export function onRollbackRequested(bake: Bake, event: RollbackEvent<'rollback_requested'>, plan: Plan): Transition {
  switch (bake.state) {
    case 'rolling_back':
    case 'verifying':
      return refuse('a rollback is in progress');
    case 'rolled_back':
      return refuse('this deploy was already rolled back');
    case 'canceled':
    case 'superseded':
      return refuse(`this deploy was ${bake.state}; request a rollback of the running deploy`);
    case 'shifting':
      if (isShiftingBack(bake)) return refuse('traffic is being shifted back; try again in a moment');
      break;
    default:
  }
  const answer = askGuards({ bake, plan, facts: event.facts, before: null, at: event.at }, true);
  if (answer.kind === 'hold') return refuse(answer.hold.reason);
  const reasons: NonEmpty<string> = [`rollback requested by ${event.by}: ${event.why}`];
  if (!hasShiftedTraffic(bake)) return startRollback(bake, { at: event.at, target: answer.target, reasons }, plan);
  return orderShift(bake, { at: event.at, weight: 0, after: { kind: 'roll_back', target: answer.target, reasons } }, plan);
}

/** Handles `rollback_succeeded`: the target runs again, and now the service must recover. */
export function onRollbackSucceeded(bake: Bake, event: RollbackEvent<'rollback_succeeded'>, plan: Plan): Transition {
  const refusal = whyNotThisOrder(bake, event.orderId);
  if (refusal !== null || bake.state !== 'rolling_back') return refuse(refusal ?? 'no rollback is in progress');
  const { at, alreadyThere } = event;
  const from = firstTickStart(at, plan);
  const isForward = bake.order.replaces !== undefined;
  const isUntouched = alreadyThere && !bake.order.isRepeated && !isForward;
  const next: Bake = {
    ...commonFields(bake),
    state: 'verifying',
    since: at,
    order: bake.order,
    from,
    endsAt: from + roundUpToTicks(plan.verifyMs, plan),
    nextAt: nextTickAt(from, plan),
    healthyTicks: 0,
    ...(isUntouched && { isUntouched: true }),
  };
  if (isForward) return accept(next, notify('rolled_forward', at, [event.summary, ...bake.order.reasons]));
  return accept(
    next,
    notify('rolled_back', at, [
      bake.order.isRepeated ? `${event.summary} (the hook was called once more, because no recovery was seen)` : event.summary,
    ]),
  );
}

/** Orders the same rollback once more: the target ran already and nothing was done, and the service does not recover. */
export function repeatRollback({ order, ...bake }: Extract<Bake, { state: 'verifying' }>, at: number, plan: Plan): Transition {
  const repeated: Order = { ...order, isRepeated: true };
  const next: Bake = {
    ...commonFields({ order, ...bake }),
    state: 'rolling_back',
    since: at,
    order: repeated,
    nextAt: at + plan.rollbackMs,
  };
  return accept(next, { kind: 'roll_back', order: repeated });
}

/** Handles `rollback_failed`: the hook gave up, or its result is unknown. */
export function onRollbackFailed(bake: Bake, event: RollbackEvent<'rollback_failed'>, plan: Plan): Transition {
  const refusal = whyNotThisOrder(bake, event.orderId);
  if (refusal !== null || bake.state !== 'rolling_back') return refuse(refusal ?? 'no rollback is in progress');
  const { at, reasons, outcome, gone } = event;
  if (bake.order.replaces !== undefined) return onForwardFailed(bake, { at, reasons, outcome });
  if (gone !== undefined) return onTargetGone(bake, { at, failure: reasons, facts: gone }, plan);
  const rolledBackTo = outcome === 'no' ? {} : { rolledBackTo: bake.order.target };
  return accept(
    { ...commonFields(bake), state: 'failed', at, rolledBack: outcome, reasons, ...rolledBackTo },
    notify('failed', at, reasons),
  );
}

/** The maximum number of missing known-good releases that a bake skips: if more are missing, something else is wrong. */
const maxPassedOver = 3;

type MissingTarget = { readonly at: number; readonly failure: NonEmpty<string>; readonly facts: Facts };

/** Rolls back to the known-good release before the missing one, if the operator allows it and no guard holds it. */
function onTargetGone(bake: Extract<Bake, { state: 'rolling_back' }>, { at, failure, facts }: MissingTarget, plan: Plan): Transition {
  const { order } = bake;
  const passedOver = [...(order.passedOver ?? []), order.target];
  const answer = askForOlderTarget({ bake, plan, facts, before: null, at }, passedOver);
  if (answer.kind === 'hold') {
    const all = nonEmpty([...failure, answer.hold.reason], answer.hold.reason);
    return accept({ ...commonFields(bake), state: 'failed', at, rolledBack: 'no', reasons: all }, notify('failed', at, all));
  }
  const isMissing = `release ${order.target.version} is gone from the platform`;
  const reasons = nonEmpty([...order.reasons, isMissing], isMissing);
  const { target } = answer;
  if (answer.kind === 'go') return startRollback(bake, { at, target, reasons, passedOver }, plan);
  const next: Bake = {
    ...commonFields(bake),
    state: 'awaiting_approval',
    since: at,
    target,
    reasons,
    passedOver,
    nextAt: at + plan.approvalMs,
  };
  return accept(next, notify('approval', at, reasons));
}

function askForOlderTarget(input: GuardInput, passedOver: readonly Target[]): GuardAnswer {
  const hold = (guard: string, why: string): GuardAnswer => ({ kind: 'hold', hold: { guard, reason: `not rolled back: ${why}` } });
  const { knownGood } = input.facts;
  if (!input.plan.nextKnownGood)
    return hold('next_known_good', 'the config does not allow a rollback to an older release (policy.next_known_good)');
  if (knownGood === null || passedOver.some(({ deployId }) => deployId === knownGood.deployId))
    return hold('no_known_good', 'there is no other known-good release');
  if (passedOver.length > maxPassedOver)
    return hold('next_known_good', `${passedOver.length} known-good releases in a row are gone from the platform; check the platform`);
  return askGuardsForOlderTarget(input);
}

/** Handles `elapsed`: the approval or the result of the rollback did not come in time. */
export function onRollbackElapsed(
  bake: Extract<Bake, { state: 'awaiting_approval' | 'rolling_back' }>,
  at: number,
  plan: Plan,
): Transition {
  if (bake.state === 'awaiting_approval') {
    const reasons = nonEmpty([...bake.reasons, approvalTimeoutReason(plan)], approvalTimeoutReason(plan));
    return accept({ ...commonFields(bake), state: 'failed', at, rolledBack: 'no', reasons }, notify('failed', at, reasons));
  }
  const { order } = bake;
  const what = order.replaces === undefined ? 'rollback' : 'roll forward';
  const timeout = `the ${what} to ${targetName(bake.order.target)} was ordered ${formatDuration(plan.rollbackMs)} ago, and its result is unknown; check which release runs`;
  const reasons = nonEmpty([timeout, ...order.reasons], timeout);
  if (order.replaces !== undefined) return onForwardFailed(bake, { at, reasons, outcome: 'unknown' });
  return accept(
    { ...commonFields(bake), state: 'failed', at, rolledBack: 'unknown', reasons, rolledBackTo: order.target },
    notify('failed', at, reasons),
  );
}

function whyNotThisOrder(bake: Bake, orderId: string): string | null {
  if (bake.state !== 'rolling_back') return `no rollback is in progress; the bake is ${bake.state}`;
  return bake.order.id === orderId ? null : `another rollback is in progress (${bake.order.id})`;
}
