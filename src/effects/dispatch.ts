import type { QueuedEffect } from '../core/bake/effect.ts';
import { assertNever } from '../core/base/assert-never.ts';
import { announcementGaveUp, deliverAnnouncement } from './deliver-announcement.ts';
import { deliverDigest, digestGaveUp } from './deliver-digest.ts';
import { deliverNotice, noticeGaveUp } from './deliver-notice.ts';
import type { DispatchDeps } from './deps.ts';
import { lookAround } from './look-around.ts';
import { performRollback, rollbackGaveUp } from './perform-rollback.ts';
import { performShift, shiftGaveUp } from './perform-shift.ts';
import { rememberRunning } from './remember-running.ts';

/** Performs a committed effect. Throws when it must be retried. */
export async function perform(deps: DispatchDeps, effect: QueuedEffect, signal: AbortSignal): Promise<void> {
  switch (effect.kind) {
    case 'roll_back':
      return await performRollback(deps, effect, signal);
    case 'shift':
      return await performShift(deps, effect, signal);
    case 'notify':
      return await deliverNotice(deps, effect, signal);
    case 'announce':
      return await deliverAnnouncement(deps, effect, signal);
    case 'digest':
      return await deliverDigest(deps, effect, signal);
    case 'remember_running':
      return await rememberRunning(deps, effect, signal);
    case 'look_around':
      return await lookAround(deps, effect, signal);
    default:
      return assertNever(effect);
  }
}

/** Handles an effect whose tries are used up: records it, and pages people where a rollback or a shift failed. */
export async function gaveUp(deps: DispatchDeps, effect: QueuedEffect): Promise<void> {
  switch (effect.kind) {
    case 'roll_back':
      return await rollbackGaveUp(deps, effect);
    case 'shift':
      return await shiftGaveUp(deps, effect);
    case 'notify':
      return await noticeGaveUp(deps, effect);
    case 'announce':
      return announcementGaveUp(deps, effect);
    case 'digest':
      return await digestGaveUp(deps, effect);
    case 'remember_running':
      return deps.log.warn({ deploy: effect.bakeId }, 'running version could not be read');
    case 'look_around':
      return deps.log.warn({ deploy: effect.bakeId }, 'look around given up');
    default:
      return assertNever(effect);
  }
}
