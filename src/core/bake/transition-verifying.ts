import { type NonEmpty, nonEmpty } from '../base/non-empty.ts';
import type { Judgement } from '../judge/judgement.ts';
import type { Bake } from './bake.ts';
import { targetName } from './deploy.ts';
import type { JudgedEvent } from './event.ts';
import type { Plan } from './plan.ts';
import { nextPassAt } from './tick-schedule.ts';
import { onForwardRuns } from './transition-forward.ts';
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
    if (bake.order.replaces !== undefined)
      return onForwardRuns(bake, { at, topic: 'recovered', what: 'rolled forward: the checks pass', open: [] });
    return accept({ ...withHelp(bake), state: 'rolled_back', at, order: bake.order }, notify('recovered', at, judgement.reasons));
  }
  // One healthy tick at the end waits for a second one.
  if (until < bake.endsAt || isMeasured) return accept({ ...bake, healthyTicks, nextAt: nextPassAt(until, at, plan) });
  return unconfirmed(bake, { judgement, at }, plan);
}

function unconfirmed(
  bake: VerifyingBake,
  { judgement, at }: { readonly judgement: Judgement; readonly at: number },
  plan: Plan,
): Transition {
  const target = targetName(bake.order.target);
  const open = openReasons(judgement);
  if (bake.order.replaces !== undefined) return endForward(bake, { judgement, at, open });
  if (open === null) {
    if (bake.isUntouched) return repeatRollback(bake, at, plan);
    const rolledBackTo = bake.order.target;
    if (judgement.kind === 'unhealthy') return didNotHelp(bake, { at, reasons: judgement.reasons });
    const reasons = addReasons([`rolled back to ${target}, but the recovery could not be verified`], ...judgement.reasons);
    return accept({ ...withHelp(bake), state: 'failed', at, rolledBack: 'yes', reasons, rolledBackTo }, notify('failed', at, reasons));
  }
  const next: Bake = { ...withHelp(bake), state: 'rolled_back', at, order: bake.order, unconfirmed: nonEmpty(open, 'not enough data') };
  return accept(next, notify('inconclusive', at, addReasons([`${target} is back; its recovery could not be measured`], ...open)));
}

/** The checks fail with the target as well: the cause may not be this release, so it is not counted as bad. A person may put it back. */
function didNotHelp(
  bake: VerifyingBake,
  { at, reasons: failures }: { readonly at: number; readonly reasons: NonEmpty<string> },
): Transition {
  const { order, id } = bake;
  const reasons = addReasons(
    [`rolled back to ${targetName(order.target)}, but the checks still fail: the rollback did not help`],
    ...failures,
    `this release is not counted as bad; to put it back, run: bakewatch roll-forward ${id} --why "…"`,
  );
  return accept(
    { ...commonFields(bake), didNotHelp: true, state: 'failed', at, rolledBack: 'yes', reasons, rolledBackTo: order.target },
    notify('failed', at, reasons),
  );
}

/** The fields of a bake whose rollback is not known to have been of no help. An earlier one may have been. */
function withHelp(bake: VerifyingBake): Omit<Bake, 'state'> {
  const { didNotHelp: _, ...fields } = commonFields(bake);
  return fields;
}

type ForwardEnd = { readonly judgement: Judgement; readonly at: number; readonly open: readonly string[] | null };

/** The end of the watch over a roll forward without two healthy ticks in a row. */
function endForward(bake: VerifyingBake, { judgement, at, open }: ForwardEnd): Transition {
  if (open !== null)
    return onForwardRuns(bake, {
      at,
      topic: 'inconclusive',
      what: 'rolled forward: whether the service is healthy could not be measured',
      open,
    });
  const result = judgement.kind === 'unhealthy' ? 'the checks still fail' : 'the recovery could not be verified';
  const reasons = addReasons([`rolled forward, but ${result}`], ...judgement.reasons, ...bake.order.reasons);
  return accept({ ...commonFields(bake), state: 'failed', at, rolledBack: 'no', reasons }, notify('failed', at, reasons));
}

/** Why a recovery could not be measured although nothing bad was seen. `null` where something is bad, or nothing could be measured at all. */
function openReasons(judgement: Judgement): readonly string[] | null {
  if (judgement.kind === 'healthy') return judgement.unmeasured ?? null;
  return judgement.kind === 'undecided' && judgement.isClean === true ? judgement.reasons : null;
}
