import type { Bake } from './bake.ts';
import { type QueuedEffect, toQueuedEffects } from './effect.ts';
import type { BakeEvent } from './event.ts';
import { narrate, type TimelineEntry } from './narrate.ts';
import type { Plan } from './plan.ts';
import { transition } from './transition.ts';

/** A stored bake with its version, and what a transition needs to know. */
export type BakeSnapshot = {
  readonly bake: Bake;
  readonly version: number;
  readonly plan: Plan;
  readonly ruleSet: { readonly service: string; readonly environment: string; readonly notify: readonly string[] };
};

/** A transition that is ready to be committed: with queued effects and timeline entries. Or the reason why it was refused. */
export type PreparedCommit =
  | { readonly ok: true; readonly next: Bake; readonly effects: readonly QueuedEffect[]; readonly timeline: readonly TimelineEntry[] }
  | { readonly ok: false; readonly refusal: string };

/** Applies an event to a bake, and prepares the commit. `by` is who caused the event: the name of a token, or `bakewatch`. */
export function decide(current: BakeSnapshot, event: BakeEvent, by: string): PreparedCommit {
  const result = transition(current.bake, event, current.plan);
  if (!result.ok) return result;
  const { service, environment, notify } = current.ruleSet;
  const effects = toQueuedEffects(
    result.effects,
    { id: current.bake.id, version: current.version + 1, place: `${service}/${environment}` },
    notify,
  );
  const notices = result.effects.flatMap((effect) => (effect.kind === 'notify' ? [effect] : []));
  return {
    ok: true,
    next: result.next,
    effects,
    timeline: narrate(current.bake, result.next, {
      event,
      by,
      blind: notices.find((n) => n.topic === 'blind' || n.topic === 'sighted' || n.topic === 'elsewhere'),
    }),
  };
}
