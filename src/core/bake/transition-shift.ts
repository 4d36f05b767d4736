import { assertNever } from '../base/assert-never.ts';
import { formatDuration } from '../base/duration.ts';
import { ceilTo } from '../base/window.ts';
import { formatWeight } from '../rules/stage.ts';
import { type Bake, isShiftingBack, type ShiftingBackBake } from './bake.ts';
import type { BakeEvent } from './event.ts';
import { orderShift, shiftId } from './order-shift.ts';
import type { Plan } from './plan.ts';
import { firstTickStart, nextTickAt, roundUpToTicks } from './tick-schedule.ts';
import { trafficOf } from './traffic.ts';
import { accept, addReasons, commonFields, notify, refuse, rememberRunning, type Transition } from './transition-result.ts';
import { startRollback } from './transition-rollback.ts';

type ShiftingState = Extract<Bake, { state: 'shifting' }>;
type ShiftEvent<T extends BakeEvent['type']> = Extract<BakeEvent, { type: T }>;

/** Handles `shifted`: the platform gives the release the ordered share of the traffic. */
export function onShifted(before: Bake, event: ShiftEvent<'shifted'>, plan: Plan): Transition {
  const hasRollbackBegun = before.state === 'rolling_back' || before.state === 'verifying';
  if (hasRollbackBegun && event.shiftId === shiftId(before, 0)) return accept({ ...before, weight: 0 });
  const refusal = whyNotThisShift(before, event.shiftId);
  if (refusal !== null || before.state !== 'shifting') return refuse(refusal ?? 'no traffic is being shifted');
  const bake = { ...before, weight: before.shift.weight };
  if (isShiftingBack(bake)) return afterShiftBack(bake, { at: event.at, result: 'all traffic is back on the stable release' }, plan);
  const { after } = bake;
  if (after.kind === 'stage') return startStage(bake, after, { at: event.at, plan });
  if (after.kind !== 'pass') return refuse('no traffic is being shifted to the release');
  const reasons = [`passed by ${after.by}: ${after.why}`] as const;
  const passed: Bake = { ...commonFields(bake), state: 'passed', at: event.at, by: after.by, confidence: 'low', reasons };
  return accept(passed, ...rememberRunning(plan), notify('passed', event.at, reasons));
}

/** Handles `shift_failed`: the hook gave up. That says nothing about the release: it loses its traffic, the bake ends inconclusive, people are notified. */
export function onShiftFailed(bake: Bake, event: ShiftEvent<'shift_failed'>, plan: Plan): Transition {
  const refusal = whyNotThisShift(bake, event.shiftId);
  if (refusal !== null || bake.state !== 'shifting') return refuse(refusal ?? 'no traffic is being shifted');
  return onShiftNotDone(bake, { at: event.at, why: `failed: ${event.reason}` }, plan);
}

/** Handles `elapsed`: the result of a shift did not come in time. */
export function onShiftElapsed(bake: ShiftingState, at: number, plan: Plan): Transition {
  return onShiftNotDone(bake, { at, why: `was ordered ${formatDuration(at - bake.since)} ago, and its result is unknown` }, plan);
}

function onShiftNotDone(bake: ShiftingState, { at, why }: { readonly at: number; readonly why: string }, plan: Plan): Transition {
  const what = `the shift of traffic to ${formatWeight(bake.shift.weight)} ${why}`;
  if (!isShiftingBack(bake)) {
    return orderShift(bake, { at, weight: 0, after: { kind: 'inconclusive', reasons: [what] } }, plan);
  }
  return afterShiftBack(bake, { at, result: `${what}; check how much traffic the release still gets` }, plan);
}

/** Does what was decided before the shift back, even if the shift back failed. */
function afterShiftBack(bake: ShiftingBackBake, { at, result }: { readonly at: number; readonly result: string }, plan: Plan): Transition {
  const { after } = bake;
  const reasons = addReasons(after.reasons, result);
  switch (after.kind) {
    case 'roll_back':
      return startRollback(bake, { at, target: after.target, reasons }, plan);
    case 'ask': {
      const { target } = after;
      const next: Bake = { ...commonFields(bake), state: 'awaiting_approval', since: at, target, reasons, nextAt: at + plan.approvalMs };
      return accept(next, notify('approval', at, reasons));
    }
    case 'failed':
      return accept({ ...commonFields(bake), state: 'failed', at, rolledBack: 'no', reasons }, notify('failed', at, reasons));
    case 'inconclusive':
      return accept({ ...commonFields(bake), state: 'inconclusive', at, reasons }, notify('inconclusive', at, reasons));
    default:
      return assertNever(after);
  }
}

type AfterStageShift = Extract<ShiftingState['after'], { kind: 'stage' }>;

/** A stage begins with a warm-up: the new instances are cold, and the first ticks still include the old share. */
function startStage(bake: ShiftingState, to: AfterStageShift, { at, plan }: { readonly at: number; readonly plan: Plan }): Transition {
  const stages = trafficOf(bake, plan)?.stages ?? [];
  const from = firstTickStart(at + plan.warmupMs, plan);
  const endsAt = from + roundUpToTicks(stages[to.number - 1]?.forMs ?? 0, plan);
  return accept({
    ...commonFields(bake),
    ...(to.number === stages.length && { aloneFrom: from }),
    state: 'baking',
    from: to.judged?.from ?? from,
    endsAt,
    limitAt: endsAt + ceilTo(to.extendMs, plan.stepMs),
    nextAt: nextTickAt(from, plan),
    blind: null,
    reasons: [],
    stage: {
      number: to.number,
      of: stages.length,
      weight: bake.shift.weight,
      leftOut: to.judged === null ? [] : [...to.leftOut, { from: to.judged.until, to: from }],
    },
  });
}

function whyNotThisShift(bake: Bake, shiftId: string): string | null {
  if (bake.state !== 'shifting') return `no traffic is being shifted; the bake is ${bake.state}`;
  return bake.shift.id === shiftId ? null : `another shift is in progress (${bake.shift.id})`;
}
