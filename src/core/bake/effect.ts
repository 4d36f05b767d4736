import type { NonEmpty } from '../base/non-empty.ts';
import type { Order, Shift } from './bake.ts';

/** The topics of notices. */
export const topics = [
  'started',
  'unhealthy',
  'approval',
  'rolled_back',
  'recovered',
  'failed',
  'inconclusive',
  'blind',
  'sighted',
  'passed',
  'stopped',
  'drill_failed',
  'elsewhere',
  'rolled_forward',
  'frozen',
  'unfrozen',
  'disarmed',
] as const;
/** What a notice is about. */
export type Topic = (typeof topics)[number];

/** The topics of notices that are about no deploy, but about a service or all services. */
export const announcedTopics = ['frozen', 'unfrozen'] as const satisfies readonly Topic[];
export type AnnouncedTopic = (typeof announcedTopics)[number];

/** Work to do, as data. It is committed together with the state that caused it, and performed afterwards, at least once. */
export type Effect =
  | { readonly kind: 'roll_back'; readonly order: Order }
  | { readonly kind: 'shift'; readonly shift: Shift }
  /** Ask the platform which release runs now. `deployed`: the deploy has just finished; otherwise (`passed`, or missing) it is known-good now. */
  | { readonly kind: 'remember_running'; readonly moment?: 'deployed' | 'passed' }
  /** Look for signs that the cause of a failure lies elsewhere. `until`: the last instant that was judged. */
  | { readonly kind: 'look_around'; readonly after: 'failure' | 'rollback'; readonly at: number; readonly until: number }
  | { readonly kind: 'notify'; readonly topic: Topic; readonly at: number; readonly reasons: NonEmpty<string> };

/** An effect for the queue. `id` is `${bakeId}:${version}:${index}`, so a repeat is noticed. */
export type QueuedEffect =
  | { readonly id: string; readonly bakeId: string; readonly kind: 'roll_back'; readonly order: Order }
  /** `place` is `service/environment`. Shifts of one place are performed one after the other. */
  | { readonly id: string; readonly bakeId: string; readonly kind: 'shift'; readonly place: string; readonly shift: Shift }
  | ({ readonly id: string; readonly bakeId: string } & Extract<Effect, { kind: 'remember_running' | 'look_around' }>)
  | {
      readonly id: string;
      readonly bakeId: string;
      readonly kind: 'notify';
      readonly notifier: string;
      readonly notice: Extract<Effect, { kind: 'notify' }>;
    }
  /**
   * Send a notifier a notice that is about no deploy. `service: null`: it is about all services. `notBefore`: its rules do not want it earlier.
   */
  | {
      readonly id: string;
      readonly kind: 'announce';
      readonly notifier: string;
      readonly topic: AnnouncedTopic;
      readonly service: string | null;
      readonly at: number;
      readonly title: string;
      readonly reasons: NonEmpty<string>;
      readonly notBefore?: number | undefined;
    }
  /** Send a notifier the notices that were held back for it until `at`. */
  | { readonly id: string; readonly kind: 'digest'; readonly notifier: string; readonly at: number };

/** Gives effects their ids for the queue. A notice becomes one effect per notifier, so that a retry for one notifier does not repeat it for another. */
export function toQueuedEffects(
  effects: readonly Effect[],
  bake: { readonly id: string; readonly version: number; readonly place: string },
  notifiers: readonly string[],
): readonly QueuedEffect[] {
  return effects.flatMap((effect, index): QueuedEffect[] => {
    const id = `${bake.id}:${bake.version}:${index}`;
    if (effect.kind === 'roll_back') return [{ id, bakeId: bake.id, kind: 'roll_back', order: effect.order }];
    if (effect.kind === 'shift') return [{ id, bakeId: bake.id, kind: 'shift', place: bake.place, shift: effect.shift }];
    if (effect.kind === 'remember_running' || effect.kind === 'look_around') return [{ ...effect, id, bakeId: bake.id }];
    return notifiers.map((notifier) => ({ id: `${id}:${notifier}`, bakeId: bake.id, kind: 'notify', notifier, notice: effect }));
  });
}
