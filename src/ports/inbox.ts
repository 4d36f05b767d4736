import type { InterventionKind } from '../core/bake/interventions.ts';
import type { Place } from './hook.ts';

/** What a person can ask for in a message: to move the bake, or to get no more notices about it there. */
export type PersonVerb = InterventionKind | 'mute';

/** A call from the service that shows the messages, as it came in. */
export type InboxCall = { readonly header: (name: string) => string | undefined; readonly body: Uint8Array; readonly at: number };

/** The request of one person. */
export type PersonRequest = {
  /** Unique for each press of a button; a repeated call of the same press has the same key. */
  readonly key: string;
  readonly deployId: string;
  readonly verb: PersonVerb;
  /** The name of the person, as the timeline shows it. */
  readonly by: string;
  /** Why this person may not do this in this place, in words for this person; `null` where they may. */
  refusal(place: Place): string | null;
  /** Shows the result to this person only. Throws `EffectError`. */
  answer(text: string, signal: AbortSignal): Promise<void>;
};

/** Receives what people ask for in the messages where they read notices. */
export interface Inbox {
  /**
   * Reads the request of a call, or `null` where the call asks for nothing. Throws `AppError`: `unauthorized` where the signature is missing, wrong or too
   * old; `invalid` where the call cannot be parsed.
   */
  read(call: InboxCall): PersonRequest | null;
}
