import { assertNever } from '../base/assert-never.ts';
import type { NonEmpty } from '../base/non-empty.ts';
import type { Bake, BakingBake } from './bake.ts';
import type { Facts } from './facts.ts';
import { askGuards, type GuardAnswer } from './guards.ts';
import { orderShift } from './order-shift.ts';
import type { Plan } from './plan.ts';
import { hasShiftedTraffic, remainingTraffic } from './traffic.ts';
import { accept, addReasons, commonFields, notify, type Transition } from './transition-result.ts';
import { startRollback } from './transition-rollback.ts';

/** Why a bake must not go on, and what the guards must know. */
type BadEnd = { readonly at: number; readonly facts: Facts; readonly before: string | null; readonly reasons: NonEmpty<string> };

/** Rolls back, asks a person or does neither, as the guards decide. Traffic that was shifted to the release is shifted back first. */
export function onUnhealthy(bake: BakingBake, { at, facts, before, reasons }: BadEnd, plan: Plan): Transition {
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
