import type { QueuedEffect } from '../core/bake/effect.ts';
import type { BakeEvent } from '../core/bake/event.ts';
import { isShiftStillNeeded } from '../core/bake/order-shift.ts';
import { EffectError } from '../core/base/errors.ts';
import { formatWeight } from '../core/rules/stage.ts';
import type { Attempt } from '../ports/audit-log.ts';
import type { DeployRecord, ExpectedState } from '../ports/bake-store.ts';
import type { ShiftHook, ShiftOrder } from '../ports/shift-hook.ts';
import { awaitEarlier, type WaitingOrder } from './await-earlier.ts';
import type { DispatchDeps } from './deps.ts';
import { applyEvent, attemptsOf, beginAttempt, endAttempt, type HookAttempt, interruptedEnd, mayTryAgain } from './hook-attempt.ts';
import { runHook } from './run-hook.ts';

type ShiftEffect = Extract<QueuedEffect, { kind: 'shift' }>;

/** One attempt at the order of the effect. `earlier`: the attempts of the same effect before it. */
type ShiftTry = {
  readonly effect: ShiftEffect;
  readonly order: ShiftOrder;
  readonly hook: ShiftHook;
  readonly attempt: HookAttempt;
  readonly earlier: readonly Attempt[];
};

/**
 * Shifts the ordered share of the traffic to a release. A share is absolute, so the order can be repeated safely, whatever an earlier attempt did. An order
 * that a newer one replaced is skipped. An attempt that may be running is awaited, so that it does not end after this one. Throws when the order must be
 * retried, or belongs to another server now.
 */
export async function performShift(deps: DispatchDeps, effect: ShiftEffect, signal: AbortSignal): Promise<void> {
  const { bakeId, shift } = effect;
  const record = await deps.store.find(bakeId);
  if (record === null || !isShiftStillNeeded(record.bake, shift)) return;
  const name = record.plan.traffic?.hook ?? '';
  const instance = deps.shiftHooks.get(name);
  if (instance === undefined)
    return await fail(deps, { effect, expected: record.version }, `the traffic hook ${name} is no longer defined`);
  const order = orderFor(effect, record);
  const wait = await awaitEarlier(deps, waitingOrder(deps, { effect, order, hook: instance.hook }), signal);
  if (wait.kind === 'not_wanted') return;
  const begin = { orderId: shift.id, effectId: effect.id, bakeId, after: wait.newest, hook: instance.hook };
  const { at, number, earlier } = await beginAttempt(deps, begin);
  const text = `attempt ${number}: ${name} gives ${record.deploy.release.version} ${formatWeight(shift.weight)} of the traffic`;
  await deps.store.appendTimeline(bakeId, { at, kind: 'shift_started', by: 'bakewatch', text });
  const attempt = { kind: 'shift', bakeId, orderId: shift.id, number, hook: instance.type } as const;
  await tryOnce(deps, { effect, order, hook: instance.hook, attempt, earlier: attemptsOf(effect.id, earlier) }, signal);
}

function waitingOrder(deps: DispatchDeps, { effect, order, hook }: Pick<ShiftTry, 'effect' | 'order' | 'hook'>): WaitingOrder {
  const { bakeId, shift } = effect;
  return {
    bakeId,
    orderId: shift.id,
    effectId: effect.id,
    isRemote: hook.isRemote === true,
    look: async (signal) => {
      const weight = await hook.weight(order.place, signal).catch((error: unknown) => {
        if (error instanceof EffectError) return null;
        throw error;
      });
      return weight === null ? null : weight === shift.weight;
    },
    isWanted: async () => {
      const record = await deps.store.find(bakeId);
      return record !== null && isShiftStillNeeded(record.bake, shift);
    },
  };
}

async function tryOnce(deps: DispatchDeps, { effect, order, hook, attempt, earlier }: ShiftTry, signal: AbortSignal): Promise<void> {
  try {
    const { summary, alreadyThere, output } = await runHook(deps, { attempt, hook, signal }, (limited) => hook.shift(order, limited));
    const outcome = alreadyThere ? 'already_there' : 'succeeded';
    await endAttempt(deps, attempt, { outcome, summary, output: output || summary, detail: output });
    await applyEvent(
      deps,
      { bakeId: effect.bakeId, expected: attempt },
      { type: 'shifted', at: deps.clock.now(), shiftId: effect.shift.id, summary },
    );
  } catch (error) {
    if (!(error instanceof EffectError)) throw error;
    if (signal.aborted) {
      await endAttempt(deps, attempt, interruptedEnd(error, signal));
      throw error;
    }
    const { kind, message, output } = error;
    await endAttempt(deps, attempt, { outcome: kind, summary: message, output: output || message, detail: output });
    if (mayTryAgain(error, earlier)) throw error;
    await fail(deps, { effect, expected: attempt }, message);
  }
}

/** The queue has used up all tries. */
export async function shiftGaveUp(deps: DispatchDeps, effect: ShiftEffect): Promise<void> {
  deps.meter.gaveUp({ kind: 'shift', plugin: 'queue' });
  deps.log.error({ deploy: effect.bakeId, order: effect.shift.id }, 'shift given up');
  const record = await deps.store.find(effect.bakeId);
  if (record !== null) await fail(deps, { effect, expected: record.version }, 'it was given up');
}

type FailedShift = { readonly effect: ShiftEffect; readonly expected: ExpectedState };

async function fail(deps: DispatchDeps, { effect: { bakeId, shift }, expected }: FailedShift, reason: string): Promise<void> {
  const event: BakeEvent = { type: 'shift_failed', at: deps.clock.now(), shiftId: shift.id, reason };
  await applyEvent(deps, { bakeId, expected }, event);
}

function orderFor({ shift }: ShiftEffect, { deploy }: DeployRecord): ShiftOrder {
  const { service, environment, release } = deploy;
  return { id: shift.id, place: { service, environment }, release: { version: release.version }, weight: shift.weight };
}
