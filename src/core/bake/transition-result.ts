import { type NonEmpty, nonEmpty } from '../base/non-empty.ts';
import type { Bake } from './bake.ts';
import type { Effect, Topic } from './effect.ts';
import type { Plan } from './plan.ts';

export type AcceptedTransition = { readonly ok: true; readonly next: Bake; readonly effects: readonly Effect[] };
export type TransitionRefusal = { readonly ok: false; readonly refusal: string };
export type Transition = AcceptedTransition | TransitionRefusal;

/** A transition that happened. */
export function accept(next: Bake, ...effects: readonly Effect[]): AcceptedTransition {
  return { ok: true, next, effects };
}

/** A transition that did not. */
export function refuse(refusal: string): TransitionRefusal {
  return { ok: false, refusal };
}

/** The effect that tells people. */
export function notify(topic: Topic, at: number, reasons: NonEmpty<string>): Effect {
  return { kind: 'notify', topic, at, reasons };
}

/** What runs now is known-good: keep what the platform calls it, for the day it is the target. */
export function rememberRunning(plan: Plan): readonly Effect[] {
  return plan.hook === null ? [] : [{ kind: 'remember_running' }];
}

/** What every state of a bake keeps. */
export function commonFields({ id, cause, begunAt, deployedAt, weight, aloneFrom }: Bake): Omit<Bake, 'state'> {
  return { id, cause, begunAt, deployedAt, ...(weight !== undefined && { weight }), ...(aloneFrom !== undefined && { aloneFrom }) };
}

/** Reasons with what became of the traffic. */
export function addReasons(reasons: readonly string[], ...more: readonly string[]) {
  return nonEmpty([...reasons, ...more], 'no reason given');
}
