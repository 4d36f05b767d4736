import { nonEmpty } from '../base/non-empty.ts';
import type { Judgement } from '../judge/judgement.ts';
import type { Bake } from './bake.ts';
import { targetName } from './deploy.ts';
import type { JudgedEvent } from './event.ts';
import type { Plan } from './plan.ts';
import { nextTickAt } from './tick-schedule.ts';
import { accept, addReasons, commonFields, notify, type Transition } from './transition-result.ts';
import { repeatRollback } from './transition-rollback.ts';

type VerifyingBake = Extract<Bake, { state: 'verifying' }>;

/** A service has recovered after this number of consecutive healthy ticks: the first one may still include the bad release. */
const healthyTicksToRecover = 2;

/**
 * A recovery is said only when every critical check passes, twice in a row. If nothing bad was seen until the end of `verify`, but not every check
 * passed, the rollback stands and its recovery could not be measured.
 */
export function onVerifying(bake: VerifyingBake, { judgement, at, until }: JudgedEvent, plan: Plan): Transition {
  const isMeasured = judgement.kind === 'healthy' && judgement.unmeasured === undefined;
  const healthyTicks = isMeasured ? bake.healthyTicks + 1 : 0;
  if (healthyTicks >= healthyTicksToRecover) {
    return accept({ ...commonFields(bake), state: 'rolled_back', at, order: bake.order }, notify('recovered', at, judgement.reasons));
  }
  // One healthy tick at the end waits for a second one.
  if (until < bake.endsAt || isMeasured) return accept({ ...bake, healthyTicks, nextAt: nextTickAt(until, plan) });
  return unconfirmed(bake, { judgement, at }, plan);
}

function unconfirmed(
  bake: VerifyingBake,
  { judgement, at }: { readonly judgement: Judgement; readonly at: number },
  plan: Plan,
): Transition {
  const target = targetName(bake.order.target);
  const open = openReasons(judgement);
  if (open === null) {
    if (bake.isUntouched) return repeatRollback(bake, at, plan);
    const reasons = addReasons([`rolled back to ${target}, but the recovery could not be verified`], ...judgement.reasons);
    return accept({ ...commonFields(bake), state: 'failed', at, rolledBack: 'yes', reasons }, notify('failed', at, reasons));
  }
  const next: Bake = { ...commonFields(bake), state: 'rolled_back', at, order: bake.order, unconfirmed: nonEmpty(open, 'not enough data') };
  return accept(next, notify('inconclusive', at, addReasons([`${target} is back; its recovery could not be measured`], ...open)));
}

/** Why a recovery could not be measured although nothing bad was seen. `null` where something is bad, or nothing could be measured at all. */
function openReasons(judgement: Judgement): readonly string[] | null {
  if (judgement.kind === 'healthy') return judgement.unmeasured ?? null;
  return judgement.kind === 'undecided' && judgement.isClean === true ? judgement.reasons : null;
}
