import { decide } from '../core/bake/decide.ts';
import type { QueuedEffect } from '../core/bake/effect.ts';
import type { BakeEvent } from '../core/bake/event.ts';
import { isShiftStillNeeded } from '../core/bake/order-shift.ts';
import { EffectError } from '../core/base/errors.ts';
import { formatWeight } from '../core/rules/stage.ts';
import type { ShiftHook, ShiftOrder } from '../ports/shift-hook.ts';
import type { DeployRecord } from '../ports/store.ts';
import type { DispatchDeps } from './deps.ts';
import { type AttemptEnd, endedText } from './ended.ts';

type ShiftEffect = Extract<QueuedEffect, { kind: 'shift' }>;
type ShiftTry = { readonly effect: ShiftEffect; readonly type: string; readonly number: number };

/** A hook that could not be reached, or did not answer in time, is tried so often in all. */
const mostTries = 4;

/**
 * Gives a release the share of the traffic that was ordered. Unlike a rollback, a share says where to go and not what to do, so whatever an earlier
 * attempt did, the order is simply performed again. An order that was overtaken is left alone. Throws when it must be tried again later.
 */
export async function performShift(deps: DispatchDeps, effect: ShiftEffect, signal: AbortSignal): Promise<void> {
  const record = await deps.store.find(effect.bakeId);
  if (record === null || !isShiftStillNeeded(record.bake, effect.shift)) return;
  const name = record.plan.traffic?.hook ?? '';
  const instance = deps.shiftHooks.get(name);
  if (instance === undefined) return await settle(deps, effect, failed(deps, effect, `there is no traffic hook ${name} any more`));
  const { id: orderId, weight } = effect.shift;
  const at = deps.clock.now();
  const { number, earlier } = await deps.store.beginAttempt({ orderId, effectId: effect.id, bakeId: effect.bakeId, at });
  const text = `attempt ${number}: ${name} gives ${record.deploy.release.version} ${formatWeight(weight)} of the traffic`;
  await deps.store.appendTimeline(effect.bakeId, { at, kind: 'shift_started', by: 'bakewatch', text });
  const tries = earlier.filter((one) => one.effectId === effect.id).length + 1;
  await attempt(deps, { effect, type: instance.type, number }, { ...instance, order: orderFor(effect, record), tries, signal });
}

type ShiftRun = { readonly hook: ShiftHook; readonly order: ShiftOrder; readonly tries: number; readonly signal: AbortSignal };

async function attempt(deps: DispatchDeps, one: ShiftTry, { hook, order, tries, signal }: ShiftRun): Promise<void> {
  const { effect } = one;
  try {
    const { summary, alreadyThere, output } = await hook.shift(order, signal);
    await end(deps, one, { outcome: alreadyThere ? 'already_there' : 'succeeded', summary, output });
    await settle(deps, effect, { type: 'shifted', at: deps.clock.now(), shiftId: effect.shift.id, summary });
  } catch (error) {
    if (!(error instanceof EffectError)) throw error;
    await end(deps, one, { outcome: error.kind, summary: error.message, output: error.output });
    const isWorthAnother = error.kind === 'unreachable' || error.kind === 'timeout';
    if (isWorthAnother && tries < mostTries) throw error;
    await settle(deps, effect, failed(deps, effect, error.message));
  }
}

async function end(deps: DispatchDeps, { effect, type, number }: ShiftTry, ended: AttemptEnd): Promise<void> {
  const { outcome, summary, output } = ended;
  const at = deps.clock.now();
  await deps.store.endAttempt({ orderId: effect.shift.id, number, at, outcome, output: output || summary });
  const text = endedText(number, ended);
  await deps.store.appendTimeline(effect.bakeId, { at, kind: 'shift_ended', by: 'bakewatch', text, ...(output && { detail: output }) });
  deps.meter.attempted({ kind: 'shift', plugin: type, outcome });
  deps.log.info({ deploy: effect.bakeId, order: effect.shift.id, attempt: number, hook: type, outcome }, 'shift attempted');
}

/** Every try the queue allowed has failed. */
export async function shiftGaveUp(deps: DispatchDeps, effect: ShiftEffect): Promise<void> {
  deps.meter.gaveUp({ kind: 'shift', plugin: 'queue' });
  deps.log.error({ deploy: effect.bakeId, order: effect.shift.id }, 'shift given up');
  await settle(deps, effect, failed(deps, effect, 'it was given up'));
}

function failed(deps: DispatchDeps, { shift }: ShiftEffect, reason: string): BakeEvent {
  return { type: 'shift_failed', at: deps.clock.now(), shiftId: shift.id, reason };
}

function orderFor({ shift }: ShiftEffect, { deploy }: DeployRecord): ShiftOrder {
  const { service, environment, release } = deploy;
  return { id: shift.id, place: { service, environment }, release: { version: release.version }, weight: shift.weight };
}

async function settle({ store }: DispatchDeps, effect: ShiftEffect, event: BakeEvent): Promise<void> {
  await store.update(effect.bakeId, null, (record) => decide(record, event, 'bakewatch'));
}
