import { type NonEmpty, nonEmpty } from '../base/non-empty.ts';
import type { Bake } from './bake.ts';
import type { Effect, Topic } from './effect.ts';
import type { Plan } from './plan.ts';

/** The next state of a bake, and the effects to perform. */
export type AcceptedTransition = { readonly ok: true; readonly next: Bake; readonly effects: readonly Effect[] };
/** The event makes no sense in this state. The refusal says why. */
export type TransitionRefusal = { readonly ok: false; readonly refusal: string };
/** The result of `transition`. */
export type Transition = AcceptedTransition | TransitionRefusal;

/** Builds an accepted transition. */
export function accept(next: Bake, ...effects: readonly Effect[]): AcceptedTransition {
  return { ok: true, next, effects };
}

/** Builds a refusal: the event makes no sense in this state. */
export function refuse(refusal: string): TransitionRefusal {
  return { ok: false, refusal };
}

/** Builds the effect that notifies people. */
export function notify(topic: Topic, at: number, reasons: NonEmpty<string>): Extract<Effect, { kind: 'notify' }> {
  return { kind: 'notify', topic, at, reasons };
}

/**
 * Asks the platform for its own name of the running release, for a later rollback to it: when the deploy has finished, and again when it is known-good.
 * Only where both answers agree they describe this release. No effect without a rollback hook.
 */
export function rememberRunning(plan: Plan, moment: 'deployed' | 'passed' = 'passed'): readonly Effect[] {
  return plan.hook === null ? [] : [{ kind: 'remember_running', moment }];
}

/** The fields that every state of a bake keeps. */
export function commonFields({
  id,
  cause,
  begunAt,
  deployedAt,
  weight,
  aloneFrom,
  clearAt,
  didNotHelp,
  forwards,
}: Bake): Omit<Bake, 'state'> {
  return {
    id,
    cause,
    begunAt,
    deployedAt,
    ...(weight !== undefined && { weight }),
    ...(aloneFrom !== undefined && { aloneFrom }),
    ...(clearAt !== undefined && { clearAt }),
    ...(didNotHelp && { didNotHelp }),
    ...(forwards !== undefined && { forwards }),
  };
}

/** Appends reasons to a list. The result is never empty. */
export function addReasons(reasons: readonly string[], ...more: readonly string[]) {
  return nonEmpty([...reasons, ...more], 'no reason given');
}
