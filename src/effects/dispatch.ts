import { assertNever } from '../core/assert-never.ts';
import type { QueuedEffect } from '../core/effect.ts';
import type { Log } from '../core/log.ts';
import type { Meter } from '../core/meter.ts';
import type { DeliveryRules } from '../core/route.ts';
import type { Clock } from '../ports/clock.ts';
import type { RollbackHook } from '../ports/hook.ts';
import type { Notifier } from '../ports/notifier.ts';
import type { ShiftHook } from '../ports/shift-hook.ts';
import type { Store } from '../ports/store.ts';
import { deliverDigest, digestGaveUp } from './deliver-digest.ts';
import { deliverNotice, noticeGaveUp } from './deliver-notice.ts';
import { performRollback, rollbackGaveUp } from './perform-rollback.ts';
import { performShift, shiftGaveUp } from './perform-shift.ts';
import { rememberRunning } from './remember-running.ts';

/** A hook instance as the operator defined it. */
export type HookInstance = { readonly hook: RollbackHook; readonly type: string };
export type ShiftHookInstance = { readonly hook: ShiftHook; readonly type: string };
export type NotifierInstance = { readonly notifier: Notifier; readonly type: string; readonly rules: DeliveryRules };

export type DispatchDeps = {
  readonly store: Store;
  readonly hooks: ReadonlyMap<string, HookInstance>;
  readonly shiftHooks: ReadonlyMap<string, ShiftHookInstance>;
  readonly notifiers: ReadonlyMap<string, NotifierInstance>;
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: Meter;
  /** Where people reach this server, or `null`. */
  readonly publicUrl: string | null;
};

/** Performs what was committed. Throws when the effect must be tried again later. */
export async function perform(deps: DispatchDeps, effect: QueuedEffect, signal: AbortSignal): Promise<void> {
  switch (effect.kind) {
    case 'roll_back':
      return await performRollback(deps, effect, signal);
    case 'shift':
      return await performShift(deps, effect, signal);
    case 'notify':
      return await deliverNotice(deps, effect, signal);
    case 'digest':
      return await deliverDigest(deps, effect, signal);
    case 'remember_running':
      return await rememberRunning(deps, effect, signal);
    default:
      return assertNever(effect);
  }
}

/** The queue's tries are used up: say so where people look, and page where a rollback is at stake. */
export async function gaveUp(deps: DispatchDeps, effect: QueuedEffect): Promise<void> {
  switch (effect.kind) {
    case 'roll_back':
      return await rollbackGaveUp(deps, effect);
    case 'shift':
      return await shiftGaveUp(deps, effect);
    case 'notify':
      return await noticeGaveUp(deps, effect);
    case 'digest':
      return await digestGaveUp(deps, effect);
    case 'remember_running':
      return deps.log.warn({ deploy: effect.bakeId }, 'what runs could not be asked');
    default:
      return assertNever(effect);
  }
}
