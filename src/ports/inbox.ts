import type { InterventionKind } from '../core/bake/interventions.ts';
import type { Place } from './hook.ts';

/** What a person may ask for from within a message: to move the bake, or not to be told more about it there. */
export type PersonVerb = InterventionKind | 'mute';

/** A call of the far side, as it came in. */
export type InboxCall = { readonly header: (name: string) => string | undefined; readonly body: Uint8Array; readonly at: number };

/** What one person asks for. */
export type PersonRequest = {
  /** The same for the same press of a button, and for no other. */
  readonly key: string;
  readonly deployId: string;
  readonly verb: PersonVerb;
  /** Who asks, as the timeline names them. */
  readonly by: string;
  /** Why this person may not do this there, in words meant for them; `null` where they may. */
  refusal(place: Place): string | null;
  /** Tells this person, and nobody else, what came of it. Throws `EffectError`. */
  answer(text: string, signal: AbortSignal): Promise<void>;
};

/** Where people answer to notices, in the place where they read them. */
export interface Inbox {
  /**
   * What a call of the far side asks for, or `null` where it asks for nothing. Throws `AppError`: `unauthorized` for a call that is not proved to be
   * the far side's, or not of now; `invalid` for one that is not understood.
   */
  read(call: InboxCall): PersonRequest | null;
}
