import type { QueuedEffect } from '../core/bake/effect.ts';
import { assertNever } from '../core/base/assert-never.ts';
import { deliverDigest, digestGaveUp } from './deliver-digest.ts';
import { deliverNotice, noticeGaveUp } from './deliver-notice.ts';
import type { DispatchDeps } from './deps.ts';
import { performRollback, rollbackGaveUp } from './perform-rollback.ts';
import { performShift, shiftGaveUp } from './perform-shift.ts';
import { rememberRunning } from './remember-running.ts';

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
